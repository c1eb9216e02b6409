package experiments

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// The disk of the experiment, and its clients.
const (
	diskSize    = "64m"
	diskWriters = 4
	diskRecords = 4
	diskRounds  = 25 // of one database, which must not fill the disk by itself
)

// diskVar marks, in its environment, a test that runs in a mount namespace of its own.
const diskVar = "AMEND_EXPERIMENT_NAMESPACE"

func TestFullDiskIsSaidAndNothingIsLostAndWorkGoesOnByItself(t *testing.T) {
	disk := t.TempDir()
	if !mounted(t, disk) {
		return // it ran in a namespace of its own, and said what it found
	}
	r := begin(t, Trial{
		Name:   "disk-full",
		Title:  Words{"磁盘写满", "Disk full"},
		Broken: Words{"数据放在 64 MiB 的 tmpfs 上，写入期间在任意时刻把它填满，之后再腾出", "the data lies on a tmpfs of 64 MiB, which is filled at random moments of writing and freed again"},
		Holds:  Words{"只答 507 或 503，读取照常，腾出后不重启即恢复，文件完好，已确认的变更都在", "answers are 507 or 503, reads go on, work resumes without a restart, no file is corrupt and nothing acknowledged is lost"},
	})
	rounds, acked, lost, reads := r.size(5, 200), 0, 0, 0
	refusals := map[string]int{}
	for left := rounds; left > 0; left -= diskRounds {
		s := &diskStorm{storm: newStorm(r, filepath.Join(disk, "data"), diskWriters, diskRecords), ballast: filepath.Join(disk, "ballast")}
		s.squeeze(min(left, diskRounds))
		s.calm()
		acked += s.judge()
		lost, reads = lost+s.lost, reads+s.reads
		s.refusals(refusals)
		r.must(os.RemoveAll(s.served.data))
	}

	r.count(rounds, "磁盘写满次数", "times the disk was full")
	r.count(acked, "已确认的变更", "changes acknowledged")
	for _, code := range slices.Sorted(maps.Keys(refusals)) {
		r.count(refusals[code], "拒绝的写入："+code, "writes refused: "+code)
	}
	r.count(reads, "磁盘满时成功的读取", "reads answered while it was full")
	r.count(lost, "丢失或重复的变更", "changes lost or made twice")
}

// mounted puts an empty tmpfs on folder. Where only a namespace of its own may do that, the
// whole test runs again in one, and false is answered.
func mounted(t *testing.T, folder string) bool {
	t.Helper()
	said, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+diskSize+",mode=0700", "tmpfs", folder).CombinedOutput()
	if err == nil {
		t.Cleanup(func() {
			if said, err := exec.Command("umount", folder).CombinedOutput(); err != nil {
				t.Errorf("umount: %v %s", err, said)
			}
		})
		return true
	}
	if os.Getenv(diskVar) != "" {
		t.Fatalf("a tmpfs can't be mounted here, not even in a namespace of its own: run this as root. %v: %s", err, said)
	}
	again := exec.Command("unshare", append([]string{"--map-root-user", "--mount", os.Args[0]}, append(slices.Clone(os.Args[1:]), "-test.run=^"+t.Name()+"$", "-test.count=1")...)...)
	again.Env = append(os.Environ(), diskVar+"=1")
	said, err = again.CombinedOutput()
	t.Logf("%s", said)
	if err != nil {
		t.Errorf("in a namespace of its own: %v", err)
	}
	return false
}

// A diskStorm is a storm whose disk fills up.
type diskStorm struct {
	*storm
	ballast string // the file that takes the room
	reads   int
}

// squeeze lets the clients write, fills the disk until every one of them was refused, looks
// whether reading still works, and makes room again.
func (s *diskStorm) squeeze(rounds int) {
	s.Helper()
	stop := s.write()
	defer stop()
	for range rounds {
		s.await(1 + s.chance.IntN(20))
		s.moment(5 * time.Millisecond)
		s.fill()
		s.refusedAll()
		s.readsOn()
		s.says("full")
		s.must(os.Remove(s.ballast))
		s.await(diskWriters + 1) // by one of them a second time
		s.says("ok")
	}
}

// fill takes all the room but for a few pages, so that the disk is full at another step of
// a commit each time.
func (s *diskStorm) fill() {
	s.Helper()
	f, err := os.OpenFile(s.ballast, os.O_CREATE|os.O_WRONLY, 0o600)
	s.must(err)
	block, size := make([]byte, 4096), int64(0)
	for {
		n, err := f.Write(block)
		size += int64(n)
		if err != nil {
			break // no room left
		}
	}
	s.must(f.Truncate(max(0, size-4096*s.chance.Int64N(24))))
	s.must(f.Close())
}

// refusedAll waits until every client was refused once more.
func (s *diskStorm) refusedAll() {
	s.Helper()
	patience := time.After(stormPatience)
	for _, w := range s.writers {
		for was := w.noes.Load(); w.noes.Load() == was; {
			select {
			case <-s.acks:
			case <-time.After(stormPause):
			case <-patience:
				s.Fatalf("nobody hears that the disk is full: %v\n%s", s.problems(), s.served.errors.String())
			}
		}
	}
}

// readsOn reads a record of each client while nothing can be written.
func (s *diskStorm) readsOn() {
	s.Helper()
	for _, w := range s.writers {
		status, text, err := s.served.ask(s.Context(), http.DefaultClient, http.MethodGet, "/api/v1/customers/"+w.slots[0].record, "", "Authorization", "Bearer "+s.steward)
		s.must(err)
		if status != http.StatusOK {
			s.Fatalf("a read on a full disk: %d %s", status, text)
		}
		s.reads++
	}
}

// says waits until the server says of its database what it should: where a few pages are
// left, small acts are still stored after large ones found no room.
func (s *diskStorm) says(want string) {
	s.Helper()
	for patience := time.Now().Add(stormPatience); ; stormRest(s.Context()) {
		status, text, err := s.served.ask(s.Context(), http.DefaultClient, http.MethodGet, "/readyz", "")
		s.must(err)
		var parts struct{ Database string }
		s.must(json.Unmarshal(text, &parts))
		if parts.Database == want && (status == http.StatusOK) == (want == "ok") {
			return
		}
		if time.Now().After(patience) {
			s.Fatalf("readyz: %d %s, want database %s", status, text, want)
		}
	}
}

// refusals adds what the clients were refused with, by code.
func (s *diskStorm) refusals(all map[string]int) {
	for _, w := range s.writers {
		for code, n := range w.refused {
			all[code] += n
		}
	}
}
