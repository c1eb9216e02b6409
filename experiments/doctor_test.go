package experiments

import (
	"math/rand/v2"
	"testing"

	"amend/internal/doctor/doctortest"
	"amend/internal/store/storetest"
)

// Found means that the doctor names the damage, names the row, says in both languages what
// to do, and claims nothing else.
func TestEveryPlantedDamageIsFound(t *testing.T) {
	t.Parallel() // it counts, and measures no time
	r := begin(t, Trial{
		Name:  "doctor",
		Title: Words{"故障会诊", "The doctor's round"},
		Broken: Words{"绕过程序直接改动数据库、日志、密钥、见证、磁盘和时钟：每一种损坏，在随机的行上，两种数据库都试",
			"database, log, keys, witness, disk and clock are damaged behind the program's back: every damage there is, at random rows, on both databases"},
		Holds: Words{"每一处都被找到，说清是哪一行、该怎么办；没有误报，撤销后恢复正常",
			"each is found, its row is named and what to do is said; nothing else is claimed, and all is well once it is undone"},
	})
	times := r.size(1, 12)
	round := &doctorRound{run: r, chance: rand.New(rand.NewPCG(*seed, 1))}
	for _, url := range []string{storetest.SQLite(t), storetest.Postgres(t)} {
		h := doctortest.Open(t, url)
		for range times {
			round.all(h)
		}
		round.healthy(h)
	}
	r.count(len(doctortest.Damages()), "损坏的种类", "kinds of damage")
	r.count(round.planted, "损坏的次数", "damages planted")
	r.count(round.found, "被找到并说明怎么办", "found, with what to do")
	r.count(round.harmless, "无害的改动，没有误报", "harmless changes, rightly passed over")
	r.count(round.wrong, "没找到、说错或误报", "missed, misnamed or false alarms")
}

// A doctorRound counts what was planted and what became of it.
type doctorRound struct {
	*run
	chance                          *rand.Rand
	planted, found, harmless, wrong int
}

// all plants every damage once, each at a row of its own, and undoes it.
func (d *doctorRound) all(h *doctortest.House) {
	d.Helper()
	for _, damage := range doctortest.Damages() {
		if !damage.Here(h) {
			continue
		}
		row, undo := damage.Plant(h, d.chance.IntN(1<<20))
		err := damage.Judge(h.Examine(true), row)
		undo()
		switch {
		case err != nil:
			d.wrong++
			d.Errorf("%s: %v", damage.Name, err)
		case damage.Want == "":
			d.harmless++
			continue
		default:
			d.found++
		}
		d.planted++
	}
}

// healthy looks at a house in which everything was undone.
func (d *doctorRound) healthy(h *doctortest.House) {
	d.Helper()
	for _, f := range h.Examine(true).Wrong() {
		d.wrong++
		d.Errorf("after everything was undone: %s: %s %v", f.Area, f.Code, f.Rows)
	}
}
