package experiments

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
)

func TestThousandChangesAtOnceOnOneCustomerHaveASerialOrder(t *testing.T) {
	r := begin(t, Trial{
		Name:   "race-fields",
		Title:  Words{"同一客户的并发修改", "Changes of one customer at once"},
		Broken: Words{"多个客户端同时修改同一客户的五个字段，同时不断读取；PostgreSQL 上经由三个进程", "many clients change five fields of one customer at once and read it meanwhile; on PostgreSQL through three processes"},
		Holds:  Words{"存在一个串行顺序能解释每个应答（由 porcupine 检验），没有丢失更新", "a serial order explains every answer (checked by porcupine), and no update is lost"},
	})
	changes, clients := r.size(60, 1000), r.size(8, 24)
	var acked, refused, reads atomic.Int64
	eachRace(r, func(r *run, url string, nodes int) {
		f := openFieldRace(r, url, nodes)
		f.rush(clients, changes)
		f.close()
		f.inside(f.judge)
		f.linear()
		acked.Add(int64(f.tally(fieldWritten)))
		refused.Add(int64(f.tally(fieldRefused, fieldMoved)))
		reads.Add(int64(f.tally(fieldRead)))
	})
	r.count(int(acked.Load()), "已确认的变更", "changes acknowledged")
	r.count(int(refused.Load()), "因他人在先而被拒、未生效的尝试", "tries refused because somebody was first, without effect")
	r.count(int(reads.Load()), "其间的读取", "reads meanwhile")
	r.count(0, "丢失的更新", "updates lost")
}

// A fieldRace is one customer whom many clients change at once.
type fieldRace struct {
	*raceHouse
	record customer.ID
	began  time.Time

	mu      sync.Mutex
	history []fieldOp
}

// fieldNames are the five fields that the race is about. None of them asks for a person.
func fieldNames() [fieldCount]string {
	return [...]string{"interests", "preferences", "language", "contact_channel", "contact_time"}
}

const fieldCount = 5

// fieldValue is the i-th value that somebody writes into a field, as JSON. Two of the
// fields are lists, in which nobody writes the same twice; the others have a few choices.
func fieldValue(field, i int) string {
	choices := [fieldCount][]string{2: {"en", "ja", "fr", "de"}, 3: {"phone", "sms", "email"}, 4: {"any", "morning", "noon"}}
	if words := choices[field]; words != nil {
		return `"` + words[i%len(words)] + `"`
	}
	return fmt.Sprintf(`["w%d"]`, i)
}

func openFieldRace(r *run, url string, nodes int) *fieldRace {
	f := &fieldRace{raceHouse: openRace(r, url), began: time.Now()}
	f.inside(func(l *lifeline) {
		f.record = f.people(l, 1)[0]
		f.hire(l, "app", access.App)
		f.hire(l, "steward", access.Steward)
	})
	f.serve(nodes)
	return f
}

// rush lets the clients loose until n changes were acknowledged.
func (f *fieldRace) rush(clients, n int) {
	var wanted atomic.Int64
	var running sync.WaitGroup
	first := &fieldClient{fieldRace: f, chance: rand.New(rand.NewPCG(*seed, 0))}
	first.read()
	defer first.read() // what is there when everybody has gone
	defer running.Wait()
	for c := range clients {
		running.Go(func() {
			w := &fieldClient{fieldRace: f, id: c, chance: rand.New(rand.NewPCG(*seed, uint64(c)))}
			for i := wanted.Add(1); i <= int64(n) && !f.Failed(); i = wanted.Add(1) {
				w.change(int(i))
			}
		})
	}
}

// A fieldClient is one of the crowd, and remembers the version it saw last.
type fieldClient struct {
	*fieldRace
	id     int
	chance *rand.Rand
	seen   int64
}

// change writes one field until it is acknowledged. One client in three insists that
// nothing has moved since it read, and reads again if it has.
func (w *fieldClient) change(i int) {
	field, careful := w.chance.IntN(fieldCount), i%3 == 0
	for try := 0; !w.Failed(); try++ {
		if careful || w.chance.IntN(3) == 0 {
			w.read()
		}
		in := fieldInput{field: field, value: fieldValue(field, i+try*fieldStride)}
		if careful {
			in.seen = w.seen
		}
		if w.write(in) == fieldWritten {
			return
		}
	}
}

// fieldStride keeps the values of a second try apart from those of every other change.
const fieldStride = 1_000_003

func (w *fieldClient) write(in fieldInput) fieldFate {
	header := []string{"Amend-Customer", string(w.record)}
	if in.seen > 0 {
		header = append(header, "If-Match", fmt.Sprintf(`"%d"`, in.seen))
	}
	body := fmt.Sprintf(`{"record_id":%q,"channel":"app","reason":"a wish","items":[{"field":%q,"value":%s}]}`, w.record, fieldNames()[in.field], in.value)
	op := w.begin(in)
	a, err := w.call(w.id+w.chance.IntN(len(w.nodes)), "app", http.MethodPost, "/changes", body, header...)
	op.Return = w.tick()
	if err != nil {
		w.Errorf("a change was never answered: %v", err)
		return fieldRefused
	}
	op.out.fate, op.out.change = w.fate(in, a)
	w.keep(op)
	return op.out.fate
}

// fate says what became of a change, and which request it made.
func (w *fieldClient) fate(in fieldInput, a raceAnswer) (fieldFate, change.ID) {
	var filed struct {
		Changes []struct {
			ID    change.ID
			State change.State
		}
	}
	switch code := a.code(); {
	case a.status == http.StatusCreated && json.Unmarshal(a.body, &filed) == nil && len(filed.Changes) == 1 && filed.Changes[0].State == change.Applied:
		return fieldWritten, filed.Changes[0].ID
	case a.status == http.StatusUnprocessableEntity && code == "nothing_changes":
		return fieldSame, ""
	case a.status == http.StatusPreconditionFailed && code == "version_moved" && in.seen > 0:
		return fieldMoved, ""
	case a.status == http.StatusConflict && code == "stale":
		return fieldRefused, ""
	}
	w.Errorf("a change was answered %d %s", a.status, a.body)
	return fieldRefused, ""
}

func (w *fieldClient) read() {
	op := w.begin(fieldInput{field: fieldAll})
	a, err := w.call(w.id+w.chance.IntN(len(w.nodes)), "steward", http.MethodGet, "/customers/"+string(w.record), "")
	op.Return = w.tick()
	var shown struct {
		Version int64
		Values  []struct {
			Field, Value string
			Base         int64
		}
	}
	if err != nil || a.status != http.StatusOK || json.Unmarshal(a.body, &shown) != nil {
		w.Errorf("a read was answered %d %s: %v", a.status, a.body, err)
		return
	}
	op.out.fate, op.out.state.version = fieldRead, shown.Version
	for i, name := range fieldNames() {
		for _, v := range shown.Values {
			if v.Field == name {
				op.out.state.values[i], op.out.state.bases[i] = fieldText(v.Value), v.Base
			}
		}
	}
	w.seen = shown.Version
	w.keep(op)
}

// fieldText writes a value as it is filed: what a read shows of a list is JSON already.
func fieldText(shown string) string {
	if len(shown) > 0 && shown[0] == '[' {
		return shown
	}
	return `"` + shown + `"`
}

// tick is the time on the clock that all clients share, in nanoseconds.
func (f *fieldRace) tick() int64 { return int64(time.Since(f.began)) }

func (w *fieldClient) begin(in fieldInput) fieldOp {
	return fieldOp{client: w.id, in: in, Call: w.tick()}
}

func (f *fieldRace) keep(op fieldOp) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.history = append(f.history, op)
}

func (f *fieldRace) tally(fates ...fieldFate) (n int) {
	for _, op := range f.history {
		if slices.Contains(fates, op.out.fate) {
			n++
		}
	}
	return n
}

// judge reads the version that every acknowledged change made. There is one for each, and
// none else: no update is lost, and nothing that was refused had an effect.
func (f *fieldRace) judge(l *lifeline) {
	f.Helper()
	var versions []int64
	for i := range f.history {
		out := &f.history[i].out
		if out.fate != fieldWritten {
			continue
		}
		made, err := l.store.View(f.Context()).Change(out.change)
		f.must(err)
		out.state.version = made.Version
		versions = append(versions, made.Version)
	}
	slices.Sort(versions)
	for i, v := range versions {
		if v != int64(i)+2 { // the migration made version 1
			f.Fatalf("the %d-th change made version %d", i+1, v)
		}
	}
	f.chained(l)
	f.holds(l)
}

// chained: each change that is on record was decided on the very value that it replaced.
func (f *fieldRace) chained(l *lifeline) {
	f.Helper()
	all, err := l.store.View(f.Context()).Changes(f.record)
	f.must(err)
	if len(all) < min(f.tally(fieldWritten), 1000) {
		f.Errorf("%d requests are on record, %d were acknowledged", len(all), f.tally(fieldWritten))
	}
	raceChain(f.run, all)
}

// raceChain fails where a change replaced another value than its base.
func raceChain(r *run, all []change.Request) {
	r.Helper()
	all = slices.DeleteFunc(slices.Clone(all), func(c change.Request) bool { return c.AppliedAt.IsZero() })
	slices.SortFunc(all, func(a, b change.Request) int { return int(a.Version - b.Version) })
	last := map[customer.Key]int64{}
	for _, c := range all {
		for _, it := range c.Items {
			if at, written := last[it.Key]; written && it.Base != at {
				r.Errorf("version %d of %s was decided on version %d and replaced version %d", c.Version, it.Key, it.Base, at)
			}
			last[it.Key] = c.Version
		}
	}
}
