package experiments

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"amend/internal/sandbox"
	"amend/internal/store"
)

func TestEveryFailedWriteAndSyncIsAnsweredTruthfully(t *testing.T) {
	mayTrace(t)
	r := begin(t, Trial{
		Name:  "fault-ladder",
		Title: Words{"磁盘在每一次写入处出错", "The disk fails at every single write"},
		Broken: Words{
			"SQLite 上的完整一生中，第 k 次写入、刷盘或截断失败（磁盘已满，或读写错误），k 逐一取遍；失败由 strace 注入，并由其记录证明",
			"In a whole life on SQLite, the k-th write, flush or truncation fails (disk full, or an I/O error), for every k; strace injects it, and its record proves it",
		},
		Holds: Words{
			"每个动作得到的答复属实；已答复的都在，未存的不留痕迹；不重启即可继续；之后数据库完好",
			"Every answer was true: what was acknowledged is there, what was not stored left nothing; the process goes on without a restart; the database is whole",
		},
	})
	l := &ladder{run: r, home: t.TempDir(), starts: map[string]string{"new": t.TempDir(), "grown": grownDatabase(r)}, begins: map[string]imprint{}}
	l.climb()
	r.count(l.rungs, "注入的失败", "failures injected")
	r.count(l.told, "其中动作被答复为失败", "of them, verbs that were answered as failed")
	r.count(l.maybe, "其中答复“不知是否已存”", "of those, answered \"may or may not be stored\"")
	r.count(l.passed, "数据库自行越过的失败", "failures that the database passed over by itself")
	r.count(l.untrue, "不实的答复", "answers that were not true")
}

// A ladder is one experiment: rung after rung, another call fails.
type ladder struct {
	*run
	home   string
	starts map[string]string  // what a life begins with, by name
	begins map[string]imprint // what that holds

	mu                                 sync.Mutex
	rungs, told, maybe, passed, untrue int
}

// A ladderRung is one call that fails.
type ladderRung struct {
	start string // of the life
	call  string // name of the system call
	k     int    // which one of them, from 1
	errno string
}

func (r ladderRung) String() string { return fmt.Sprintf("%s/%s/%d/%s", r.start, r.call, r.k, r.errno) }

// ladderErrnos says which errors a call may fail with.
func ladderErrnos(call string) []string {
	if call == "pwrite64" {
		return []string{"ENOSPC", "EIO"}
	}
	return []string{"EIO"}
}

// climb counts the calls of a life that nothing fails, and then fails each of them.
func (l *ladder) climb() {
	var rungs []ladderRung
	for start := range l.starts {
		l.begins[start] = l.begin(start)
		for call, n := range l.calls(start) {
			step := l.size(max(1, n/4), 1)
			if call != "pwrite64" {
				step = l.size(max(1, n/8), 1)
			}
			for k := n; k > 0; k -= step {
				for _, errno := range ladderErrnos(call) {
					rungs = append(rungs, ladderRung{start, call, k, errno})
				}
			}
		}
	}
	next := make(chan ladderRung)
	var hands sync.WaitGroup
	for range runtime.NumCPU() {
		hands.Go(func() {
			for r := range next {
				l.step(r)
			}
		})
	}
	for _, r := range rungs {
		next <- r
	}
	close(next)
	hands.Wait()
}

// begin answers what a database holds before its life goes on.
func (l *ladder) begin(start string) imprint {
	folder := l.TempDir()
	l.must(copyDatabase(l.starts[start], folder))
	held, problems := examine(l, folder)
	if len(problems) > 0 {
		l.Fatal(problems)
	}
	return held
}

// calls counts the calls of a whole life on the files of its database, and makes sure that
// they are one thread's.
func (l *ladder) calls(start string) map[string]int {
	folder, trace := l.TempDir(), filepath.Join(l.TempDir(), "trace")
	l.must(copyDatabase(l.starts[start], folder))
	last, err := l.live(folder, trace, "", func(f faultedAnswer) error { return fmt.Errorf("%s answers %s", f.verb, f.code) })
	l.must(err)
	l.check(folder, last, "nothing failed")
	counts, threads := map[string]int{}, map[int]bool{}
	l.must(readTrace(trace, func(c straced) error {
		counts[c.name]++
		threads[c.thread] = true
		if !strings.HasPrefix(c.path, folder) {
			return fmt.Errorf("%s writes %s, outside the database", c.name, c.path)
		}
		return nil
	}))
	if len(threads) != 1 || counts["pwrite64"] == 0 || counts["fsync"] == 0 {
		l.Fatalf("%v by %d threads", counts, len(threads))
	}
	l.Logf("%s: %v", start, counts)
	return counts
}

// ladderCalls are the calls that change files; who uses one that is not here is not seen.
const ladderCalls = "pwrite64,fsync,fdatasync,ftruncate"

// live lives a life in a child of which one call may fail.
func (l *ladder) live(folder, trace, inject string, failed func(faultedAnswer) error) (imprint, error) {
	options := []string{"-s", "0", "-e", "trace=" + ladderCalls}
	if inject != "" {
		options = append(options, "-e", "inject="+inject)
	}
	child, err := watchChild(strace(l, trace, options, "faulted", faultedFolder+"="+folder, faultedLives+"=1"))
	if err != nil {
		return "", err
	}
	return child.follow(failed)
}

// step fails one call of a life and follows it to its end.
func (l *ladder) step(r ladderRung) {
	home, err := os.MkdirTemp(l.home, "rung")
	if err != nil {
		l.Error(err)
		return
	}
	defer os.RemoveAll(home)
	folder, trace := filepath.Join(home, "db"), filepath.Join(home, "trace")
	if err := errors.Join(os.Mkdir(folder, 0o700), copyDatabase(l.starts[r.start], folder)); err != nil {
		l.Error(err)
		return
	}
	failures, maybe := 0, 0
	last, err := l.live(folder, trace, fmt.Sprintf("%s:error=%s:when=%d", r.call, r.errno, r.k), func(f faultedAnswer) error {
		failures++
		if f.code == "maybe_stored" {
			maybe++
		}
		if f.before == "" {
			f.before = l.begins[r.start]
		}
		return l.judge(home, folder, f)
	})
	if err != nil {
		l.lie("%s: %v", r, err)
		return
	}
	l.proven(r, trace)
	l.check(folder, last, r.String())
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rungs++
	l.maybe += maybe
	if failures > 0 {
		l.told++
	} else {
		l.passed++
	}
}

// lie reports that something was not as it was answered.
func (l *ladder) lie(format string, args ...any) {
	l.Errorf(format, args...)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.untrue++
}

// judge looks at the files as a machine that stopped now would leave them to the next
// process, and holds the answer against them.
func (l *ladder) judge(home, folder string, f faultedAnswer) error {
	copied, err := os.MkdirTemp(home, "now")
	if err != nil {
		return err
	}
	if err := copyDatabase(folder, copied); err != nil {
		return err
	}
	held, problems := examine(l, copied)
	switch {
	case len(problems) > 0:
		return fmt.Errorf("after %s answered %s: %s", f.verb, f.code, strings.Join(problems, "; "))
	case held != f.before && f.code != "maybe_stored":
		return fmt.Errorf("%s answered %s, but the database was\n%s and is\n%s", f.verb, f.code, f.before, held)
	}
	return nil
}

// check holds the database at the end against what its last acknowledged act left.
func (l *ladder) check(folder string, last imprint, what string) {
	held, problems := examine(l, folder)
	if held != last {
		l.lie("%s: acknowledged was\n%s, there is\n%s", what, last, held)
	}
	if len(problems) > 0 {
		l.lie("%s: %s", what, strings.Join(problems, "; "))
	}
}

// proven makes sure by the trace that exactly the call of the rung was failed.
func (l *ladder) proven(r ladderRung, trace string) {
	n, failed := 0, []string(nil)
	err := readTrace(trace, func(c straced) error {
		if c.name == r.call {
			n++
		}
		if c.injected {
			failed = append(failed, fmt.Sprintf("%s/%d/%s", c.name, n, c.errno))
		}
		return nil
	})
	want := fmt.Sprintf("%s/%d/%s", r.call, r.k, r.errno)
	if err != nil || len(failed) != 1 || failed[0] != want {
		l.Errorf("%s: the trace shows that %v failed: %v", r, failed, err)
	}
}

// grownDatabase makes a database whose log is nearly as long as SQLite lets it grow: the
// life that goes on with it copies the log into the file, and begins it anew.
func grownDatabase(r *run) string {
	folder, grown := r.TempDir(), r.TempDir()
	l, err := openLifeline(r.Context(), store.Options{URL: faultedFile(folder), Keys: faultedKeys(), Rand: faultedEntropy()}, sandbox.NewClock(lifeBegins))
	r.must(err)
	for size := int64(0); size < grownLog; {
		r.must(l.live(1))
		info, err := os.Stat(filepath.Join(folder, "amend.db-wal"))
		r.must(err)
		size = info.Size()
	}
	r.must(copyDatabase(folder, grown)) // as a process leaves it that is killed
	r.must(l.store.Close())
	return grown
}

// grownLog is 800 of the 1000 pages after which SQLite copies its log into the file.
const grownLog = 800 * 4120
