package bench

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// crowd lets clients do n acts between them, each the next one that nobody has taken, and
// measures. The first failure stops everybody: a figure with failures in it is none.
func crowd(clients, n int, act func(client, i int) error) (sample, error) {
	var next atomic.Int64
	var failed atomic.Pointer[error]
	waits := make([][]time.Duration, clients)
	var all sync.WaitGroup
	before, began := cpuTime(), time.Now()
	for c := range clients {
		all.Go(func() {
			for failed.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				at := time.Now()
				runtime.Gosched() // behind those who were ready before, as a request is that arrives
				if err := act(c, i); err != nil {
					failed.CompareAndSwap(nil, &err)
					return
				}
				waits[c] = append(waits[c], time.Since(at))
			}
		})
	}
	all.Wait()
	elapsed, cpu := time.Since(began), cpuTime()-before
	if err := failed.Load(); err != nil {
		return sample{}, *err
	}
	return sampled(n, elapsed, cpu, slices.Concat(waits...)), nil
}

// sampled makes a sample of n acts; waits is how long each took, nil if nobody waited.
func sampled(n int, elapsed, cpu time.Duration, waits []time.Duration) sample {
	s := sample{rate: float64(n) / elapsed.Seconds(), cpu: cpu / time.Duration(max(n, 1))}
	if len(waits) > 0 {
		slices.Sort(waits)
		s.p50, s.p99 = waits[len(waits)/2], waits[len(waits)*99/100]
	}
	return s
}

// cpuTime is what this process has used of its cores, in user and in system mode.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
