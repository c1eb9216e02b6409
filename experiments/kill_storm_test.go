package experiments

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"amend/change"
	"amend/customer"
	"amend/internal/store"
)

// stormWriters is how many clients a storm has.
const stormWriters = 8

// SIGKILL takes the process, not the machine: what was handed to the operating system is
// kept. What a disk was never told is another experiment's.
func TestKilledThousandTimesItLosesNothingItAcknowledged(t *testing.T) {
	r := begin(t, Trial{
		Name:   "kill-storm",
		Title:  Words{"强杀风暴", "Kill storm"},
		Broken: Words{"八个客户端不停写入时，在任意时刻以 SIGKILL 终止服务进程，再重新启动", "the server is ended by SIGKILL at random moments while eight clients write, and started again"},
		Holds:  Words{"已确认的变更一条不少、一条不多，没有写了一半的，重建后逐字节相同", "every acknowledged change is there exactly once, none is half applied, and a rebuild is equal byte for byte"},
	})
	kills, writes := r.size(6, 1000), r.size(1000, 200_000)
	storm := newStorm(r, filepath.Join(t.TempDir(), "data"), stormWriters, r.size(32, 512))

	storm.rage(kills, writes)
	storm.calm()
	acked := storm.judge()

	repeats := 0
	for _, w := range storm.writers {
		repeats += w.repeats
	}
	r.count(kills, "SIGKILL 次数", "SIGKILLs")
	r.count(acked, "已确认的变更", "changes acknowledged")
	r.count(repeats, "重发后才得到应答的变更", "of them answered only when asked again")
	r.count(storm.lost, "丢失或重复的变更", "changes lost or made twice")
	starts := slices.Sorted(slices.Values(storm.served.starts))
	r.count(int(starts[len(starts)/2].Milliseconds()), "启动耗时中位数（毫秒）", "median start, in milliseconds")
}

// A storm is a server with its clients.
type storm struct {
	*run
	served  *served
	writers []*stormWriter
	steward string // a token
	acks    chan struct{}
	heard   int // of acks
	lost    int // changes that were acknowledged and are not there once, or were made twice
	chance  *rand.Rand
}

// newStorm starts a server on data with so many clients, each pair of which shares so many records.
func newStorm(r *run, data string, writers, records int) *storm {
	s := &storm{run: r, acks: make(chan struct{}, 1024), chance: rand.New(rand.NewPCG(*seed, 1))}
	s.served = newServed(r.T, binary(r), data, records*writers/2)
	app := s.served.token("app")
	s.steward = s.served.token("steward")
	s.served.start()
	ids := s.records(s.steward)
	for i := range writers {
		w := &stormWriter{served: s.served, token: app, acks: s.acks, refused: map[string]int{}, client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{}}}
		r.Cleanup(w.client.CloseIdleConnections)
		field := []string{"interests", "preferences"}[i%2] // two writers share each record
		for _, id := range ids[i/2*records : (i/2+1)*records] {
			w.slots = append(w.slots, &stormSlot{record: id, field: field})
		}
		s.writers = append(s.writers, w)
	}
	return s
}

// records reads the ids of everybody on record.
func (s *storm) records(token string) (ids []string) {
	s.Helper()
	for cursor := ""; ; {
		status, text, err := s.served.ask(s.Context(), http.DefaultClient, http.MethodGet, "/api/v1/customers?limit=100&cursor="+cursor, "", "Authorization", "Bearer "+token)
		s.must(err)
		var page struct {
			Items []struct{ ID string }
			Next  string
		}
		if err := json.Unmarshal(text, &page); err != nil || status != http.StatusOK {
			s.Fatalf("customers: %d %s", status, text)
		}
		for _, it := range page.Items {
			ids = append(ids, it.ID)
		}
		if cursor = page.Next; cursor == "" {
			return ids
		}
	}
}

// rage lets the clients write and kills the server kills times meanwhile: mostly a moment
// after some more changes were acknowledged, sometimes while it starts.
func (s *storm) rage(kills, writes int) {
	s.Helper()
	writing := s.write()
	defer writing()
	for left := kills; left > 0; left-- {
		s.await(1 + s.chance.IntN(2*writes/kills))
		s.moment(10 * time.Millisecond)
		s.served.kill()
		if left > 1 && s.chance.IntN(8) == 0 {
			starting := s.served.spawn()
			s.moment(60 * time.Millisecond)
			s.served.kill()
			for range starting {
			}
			left--
		}
		s.served.start()
	}
	s.await(max(0, writes-s.heard))
}

// write lets every client write, until the answered function is called.
func (s *storm) write() (stop func()) {
	ctx, cancel := context.WithCancel(s.Context())
	var writing sync.WaitGroup
	for _, w := range s.writers {
		writing.Go(func() { w.run(ctx) })
	}
	return func() {
		cancel()
		writing.Wait()
	}
}

// stormPatience is how long no change at all may be acknowledged before the experiment has failed.
const stormPatience = time.Minute

// await waits until n more changes were acknowledged.
func (s *storm) await(n int) {
	s.Helper()
	for range n {
		select {
		case <-s.acks:
			s.heard++
		case <-time.After(stormPatience):
			s.Fatalf("nothing is acknowledged any more: %v\n%s", s.problems(), s.served.errors.String())
		}
	}
}

// moment lets a random time below most pass: any will do.
func (s *storm) moment(most time.Duration) { <-time.After(rand.N(most)) }

// calm lets the clients ask for what they have no answer to, ends the server as an
// operator would, and asks the program itself whether all is well.
func (s *storm) calm() {
	s.Helper()
	if *full { // an answer that was lost is made again ten seconds after its act
		var settling sync.WaitGroup
		for _, w := range s.writers {
			w.acks = make(chan struct{}, len(w.slots))
			settling.Go(func() { w.settle(s.Context()) })
		}
		settling.Wait()
	}
	for _, w := range s.writers {
		if w.problem != nil {
			s.Error(w.problem)
		}
	}
	s.served.stop()
	s.Log(s.served.command("rebuild", "--check"))
	s.Log(s.served.command("log", "verify"))
}

// judge opens the database and compares it with the journals; it answers how many changes
// were acknowledged.
func (s *storm) judge() (acked int) {
	s.Helper()
	db, master, d := openServed(s.run, s.served.data)
	defer func() { s.must(db.Close()) }()
	for _, problem := range whole(s.T, db, master, d) {
		s.Error(problem)
	}
	made := stormMade(s.run, db.View(s.Context()))
	for _, w := range s.writers {
		for _, slot := range w.slots {
			acked += len(slot.acked)
			s.compare(db.View(s.Context()), slot, made)
		}
	}
	return acked
}

// stormMade answers which requests hold which value.
func stormMade(r *run, v store.View) map[string][]change.ID {
	r.Helper()
	rows, err := v.Rows(`SELECT id FROM change_request ORDER BY id`)
	r.must(err)
	made := map[string][]change.ID{}
	for rows.Next() {
		var id change.ID
		r.must(rows.Scan(&id))
		request, err := v.Change(id)
		r.must(err)
		var list []string
		r.must(json.Unmarshal([]byte(request.Items[0].Now), &list))
		made[list[0]] = append(made[list[0]], id)
	}
	r.must(rows.Err())
	return made
}

// compare finds every acknowledged change of a slot once, under the id that was answered,
// no change twice, and the last one as the value of the record.
func (s *storm) compare(v store.View, slot *stormSlot, made map[string][]change.ID) {
	s.Helper()
	for _, ack := range slot.acked {
		if !slices.Equal(made[ack.value], []change.ID{change.ID(ack.id)}) {
			s.lost++
			s.Errorf("%s was acknowledged as %s and is there as %v", ack.value, ack.id, made[ack.value])
		}
	}
	if slot.sent == 0 {
		return
	}
	last := slot.value()
	if slot.doubt {
		switch len(made[last]) {
		case 0:
			slot.sent--
			last = slot.value()
		case 1:
		default:
			s.lost++
			s.Errorf("%s was made %d times", last, len(made[last]))
		}
	}
	rec, err := v.Record(customer.ID(slot.record))
	s.must(err)
	if want := fmt.Sprintf(`[%q]`, last); slot.sent > 0 && string(rec.Get(customer.Key(slot.field))) != want {
		s.lost++
		s.Errorf("%s of %s is %s, want %s", slot.field, slot.record, rec.Get(customer.Key(slot.field)), want)
	}
}

// problems are what the clients met that nothing excuses.
func (s *storm) problems() (all []error) {
	for _, w := range s.writers {
		all = append(all, w.problem)
	}
	return all
}
