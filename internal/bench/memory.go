package bench

import (
	"bufio"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// forgetPeak lets the kernel count this process's peak of memory afresh, after what is not
// used was given back. Where it cannot, the peak is that since the start.
func forgetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
}

// peakMemory is the most that this process had in memory, in bytes; 0 where nobody knows.
func peakMemory() int64 { return status("self", "VmHWM") }

// status reads a size from what Linux knows of a process, in bytes.
func status(process, name string) int64 {
	file, err := os.Open("/proc/" + process + "/status")
	if err != nil {
		return 0
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		rest, ok := strings.CutPrefix(lines.Text(), name+":")
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(rest, "kB")), 10, 64)
		if err != nil {
			return 0
		}
		return n << 10
	}
	return 0
}
