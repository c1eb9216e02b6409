package experiments

import (
	"fmt"
	"hash/maphash"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestPowerLossKeepsEveryAcknowledgedAct(t *testing.T) {
	mayTrace(t)
	r := begin(t, Trial{
		Name:  "power-loss",
		Title: Words{"断电：未刷盘的写入丢失、残缺", "Power is lost: what was not flushed is gone or torn"},
		Broken: Words{
			"录下 SQLite 上完整一生的每次写入与刷盘，在每一步之后断电；未刷盘的写入全部丢弃、全部保留、随机取舍、按 512 字节扇区撕裂，或只剩文件长度",
			"Every write and flush of a whole life on SQLite is recorded, and the power goes after each step; writes not flushed are all dropped, all kept, kept at random, torn at 512-byte sectors, or leave only the file's length",
		},
		Holds: Words{
			"数据库能打开且完好；内容恰为最后一个已答复的动作，或加上正在进行的那一个，再无其他",
			"The database opens and is whole; it holds exactly the acts that were acknowledged, or with them the one under way, and nothing else",
		},
	})
	cuts, disks, lost := 0, 0, 0
	for name, start := range map[string]string{"new": t.TempDir(), "grown": grownDatabase(r)} {
		p := record(r, start)
		broken := p.cut(r.size(len(p.steps)/12, 1), powerLosses())
		for _, b := range broken {
			t.Errorf("%s: %s", name, b)
		}
		cuts, disks, lost = cuts+p.cuts, disks+len(p.seen), lost+len(broken)
	}
	r.count(cuts, "断电次数", "cuts")
	r.count(disks, "其中互不相同的磁盘", "different disks among them")
	r.count(lost, "其中有丢失或损坏的次数", "cuts after which something was lost or broken")
}

// The experiment can fail: with the flushes of the log left out, it finds what is lost.
func TestPowerLossFindsWhatACommitWithoutFlushLoses(t *testing.T) {
	mayTrace(t)
	r := begin(t, Trial{
		Name:   "power-loss-unflushed",
		Title:  Words{"反证：不刷盘就会丢失", "Counter-proof: without flushes, acts are lost"},
		Broken: Words{"同样的断电，但日志的刷盘一次也不执行", "The same cuts, but no flush of the log is carried out"},
		Holds:  Words{"检查能发现丢失的已答复动作", "The check finds the acknowledged acts that are lost"},
	})
	p := record(r, grownDatabase(r))
	p.steps = slices.DeleteFunc(p.steps, func(s diskStep) bool { return s.kind == "sync" && s.name == "amend.db-wal" })
	broken := p.cut(r.size(len(p.steps)/12, len(p.steps)/100), []string{"dropped"})
	if len(broken) == 0 {
		t.Error("nothing was found, though no commit was flushed")
	}
	r.count(p.cuts, "断电次数", "cuts")
	r.count(len(p.seen), "其中互不相同的情形", "different cases among them")
	r.count(len(broken), "其中发现丢失的", "of those, cases in which a loss was found")
}

// A powerCut is a recorded life and where the power goes.
type powerCut struct {
	*run
	start string
	steps []diskStep
	home  string // where disks are laid out: in memory, where the machine has such a place
	seed  maphash.Seed

	mu     sync.Mutex
	cuts   int
	seen   map[uint64]bool
	broken []string
}

// powerCalls are the calls that change a folder, and what a child says.
const powerCalls = "open,openat,pwrite64,fsync,fdatasync,ftruncate,unlink,unlinkat,write"

// record lives a life from start on and writes down what it did to its disk.
func record(r *run, start string) *powerCut {
	folder, trace := r.TempDir(), filepath.Join(r.TempDir(), "trace")
	r.must(copyDatabase(start, folder))
	child, err := watchChild(strace(r, trace, []string{"-s", "65536", "-e", "trace=" + powerCalls}, "faulted", faultedFolder+"="+folder, faultedLives+"=1"))
	r.must(err)
	_, err = child.follow(func(f faultedAnswer) error { return fmt.Errorf("%s answers %s", f.verb, f.code) })
	r.must(err)
	p := &powerCut{run: r, start: start, seed: maphash.MakeSeed(), seen: map[uint64]bool{}}
	p.steps, err = readSteps(trace, folder)
	r.must(err)
	home, err := os.MkdirTemp("/dev/shm", "amend-power")
	if err != nil {
		home = r.TempDir()
	}
	p.home = home
	r.Cleanup(func() { _ = os.RemoveAll(home) })
	return p
}

// A powerWreck is what a cut leaves, and what may be found in it.
type powerWreck struct {
	what  string
	files map[string][]byte
	may   [2]imprint // after the last acknowledged act; with the one that is under way
}

// cut lets the power go after every so many steps in each of the ways, and answers what
// did not hold.
func (p *powerCut) cut(every int, ways []string) []string {
	wrecks := make(chan powerWreck)
	var hands sync.WaitGroup
	for range runtime.NumCPU() {
		hands.Go(func() {
			for w := range wrecks {
				p.look(w)
			}
		})
	}
	p.replay(every, ways, wrecks)
	close(wrecks)
	hands.Wait()
	return p.broken
}

func (p *powerCut) replay(every int, ways []string, wrecks chan<- powerWreck) {
	d, err := loadDisk(p.start)
	p.must(err)
	first := slices.IndexFunc(p.steps, func(s diskStep) bool { return s.kind == "stored" })
	last := p.steps[first].held // a life begins with what is there
	for i, s := range p.steps {
		d.do(s)
		if s.kind == "stored" {
			last = s.held
		}
		if (i+1)%every != 0 {
			continue
		}
		for _, how := range ways {
			w := powerWreck{fmt.Sprintf("%s after step %d (%s %s)", how, i+1, s.kind, s.name), d.lose(how, rand.New(rand.NewPCG(*seed, uint64(i)))), [2]imprint{last, last}}
			if next := slices.IndexFunc(p.steps[i+1:], func(s diskStep) bool { return s.kind == "stored" }); next >= 0 {
				w.may[1] = p.steps[i+1+next].held
			}
			if p.cuts++; p.fresh(w) {
				wrecks <- w
			}
		}
	}
}

// fresh reports whether no powerWreck of the same files and the same expectation was looked at.
func (p *powerCut) fresh(w powerWreck) bool {
	var h maphash.Hash
	h.SetSeed(p.seed)
	for _, name := range slices.Sorted(maps.Keys(w.files)) {
		fmt.Fprintf(&h, "%s %d ", name, len(w.files[name]))
		_, _ = h.Write(w.files[name]) // never fails
	}
	fmt.Fprint(&h, w.may)
	known := p.seen[h.Sum64()]
	p.seen[h.Sum64()] = true
	return !known
}

// look starts the program on a powerWreck.
func (p *powerCut) look(w powerWreck) {
	problems := p.open(w)
	if len(problems) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken = append(p.broken, w.what+": "+strings.Join(problems, "; "))
}

func (p *powerCut) open(w powerWreck) []string {
	folder, err := os.MkdirTemp(p.home, "wreck")
	if err != nil {
		return []string{err.Error()}
	}
	defer os.RemoveAll(folder)
	for name, raw := range w.files {
		if err := os.WriteFile(filepath.Join(folder, name), raw, 0o600); err != nil {
			return []string{err.Error()}
		}
	}
	held, problems := examine(p, folder)
	if held != w.may[0] && held != w.may[1] {
		problems = append(problems, fmt.Sprintf("it holds\n%s, acknowledged was\n%s, under way\n%s", held, w.may[0], w.may[1]))
	}
	return problems
}
