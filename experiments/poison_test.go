package experiments

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"amend/customer"
	"amend/desk"
	"amend/downstream"
	"amend/internal/store"
	"amend/internal/store/storetest"
	"amend/internal/work"
)

// poisonTries bounds the tries of anything poisonous; then it is set aside and shown.
const poisonTries = 5

func TestPoisonIsSetAsideAndItsNeighboursDoNotWait(t *testing.T) {
	r := begin(t, Trial{
		Name:   "poison",
		Title:  Words{"毒数据", "Poison rows"},
		Broken: Words{"投递让连接器崩溃或一直被拒，通知让渠道崩溃，申请的内容已损坏；请求体与导入文件畸形、超长、嵌套过深、编码错误，处理程序崩溃", "deliveries crash their connector or are always refused, messages crash their channel, requests are damaged; bodies and imports are malformed, 50 MiB long, deep or not UTF-8, and a handler panics"},
		Holds:  Words{"最多试五次就搁置并显示出来，邻居等的轮数不变，没有值进入日志", "after at most five tries it is set aside and shown, its neighbours wait no round longer, and no value is in the log"},
	})
	places := map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres}
	poisoned, neighbours, longer := 0, 0, 0
	for place, open := range places {
		t.Run(place+"/work", func(t *testing.T) {
			p := newPoisoned(t, open(t), r.size(3, 25), r.size(30, 600))
			longer = max(longer, p.alternate())
			poisoned += p.bad * len(poisonKinds())
			neighbours += len(p.neighbours)
		})
		t.Run(place+"/door", func(t *testing.T) {
			bad, good := poisonedDoor(t, open(t), r.size(4, 40))
			poisoned += bad
			neighbours += good
		})
	}
	r.count(poisoned, "毒数据（行、消息、请求）", "poisonous rows, messages and requests")
	r.count(neighbours, "邻居", "neighbours")
	r.count(longer, "邻居因此多等的轮数（p99）", "rounds longer that neighbours waited, p99")
}

// poisonKinds are the kinds of poison of the work loop; each kind has its own customers.
func poisonKinds() []string { return []string{"panics", "refused", "message", "request"} }

// A poisonedHouse is a house some of whose customers' rows are poisonous.
type poisonedHouse struct {
	*wildHouse
	log        bytes.Buffer
	bad        int           // customers of each kind of poison
	sick       []customer.ID // in the order of the kinds
	neighbours []customer.ID
}

func newPoisoned(t *testing.T, url string, bad, neighbours int) *poisonedHouse {
	t.Helper()
	clock := &wildClock{at: time.Date(2036, 3, 3, 10, 0, 0, 0, time.UTC)}
	p := &poisonedHouse{wildHouse: openWild(t, url, wildKeys(t), clock, time.UTC), bad: bad}
	p.loop = work.New(work.Config{Desk: p.desk, Log: slog.New(slog.NewTextHandler(&p.log, nil))})
	all := p.found(bad*len(poisonKinds()) + neighbours)
	p.sick, p.neighbours = all[:bad*len(poisonKinds())], all[bad*len(poisonKinds()):]
	p.settle()
	return p
}

// of answers the customers of one kind of poison.
func (p *poisonedHouse) of(kind string) []customer.ID {
	i := slices.Index(poisonKinds(), kind)
	return p.sick[i*p.bad : (i+1)*p.bad]
}

// alternate lets everybody change something four times, without and with poison in turn,
// and compares how many rounds ninety-nine of a hundred neighbours wait.
func (p *poisonedHouse) alternate() (longer int) {
	p.t.Helper()
	var rounds [4]int
	for turn := range rounds {
		if turn%2 == 1 {
			p.poison(turn)
		}
		rounds[turn] = p.busy(turn)
		if turn%2 == 1 {
			p.setAside(turn)
		}
		p.out.poison = map[string]wildFate{}
	}
	if longer = max(0, rounds[1]-rounds[0], rounds[3]-rounds[2]); longer > 0 {
		p.t.Errorf("neighbours wait %v rounds, without and with poison in turn", rounds)
	}
	return longer
}

// poison makes some customers' rows poisonous: their deliveries, their messages, or requests
// of theirs that are due and cannot be opened.
func (p *poisonedHouse) poison(turn int) {
	p.t.Helper()
	p.out.calls = map[string]int{}
	for _, id := range p.of("panics") {
		p.out.poison[string(id)] = wildPanics
	}
	for _, id := range p.of("refused") {
		p.out.poison[string(id)] = wildRefused
	}
	for _, id := range p.of("message") {
		rec, err := p.store.View(p.t.Context()).Record(id)
		p.must(err)
		p.out.poison[string(rec.Get("phone"))] = wildPanics
	}
	for i, id := range p.of("request") {
		p.must(p.store.Write(p.t.Context(), "", func(tx *store.Tx) error {
			tx.Exec(`INSERT INTO change_request (id, submission, lane, kind, record_id, state, revision, open, filed_by, filed_at, entry, due_at)
				VALUES ($1, $1, 1, 'change', $2, 'applied', 1, 0, 'x', $3, 'none', $3)`, fmt.Sprintf("poison-%d-%d", turn, i), id, tx.Now())
			return nil
		}))
	}
}

// busy lets every customer change something, and answers after how many rounds of the work
// loop ninety-nine of a hundred neighbours are done: their systems told, their messages sent.
func (p *poisonedHouse) busy(turn int) int {
	p.t.Helper()
	for _, id := range slices.Concat(p.sick, p.neighbours) {
		p.record = id
		_, err := p.file("interests", fmt.Sprint("wish ", turn))
		p.must(err)
	}
	waits := map[customer.ID]bool{}
	for _, id := range p.neighbours {
		waits[id] = true
	}
	for round := 1; round <= wildRounds; round++ {
		p.round()
		p.clock.jump(time.Second)
		still := p.waiting()
		left := 0
		for id := range waits {
			if still[id] {
				left++
			}
		}
		if left*100 <= len(p.neighbours) {
			return round
		}
	}
	p.t.Fatal("the neighbours wait for ever")
	return 0
}

// round is one round of the loop. Panics are told by it, and everything else must be well.
func (p *poisonedHouse) round() {
	p.t.Helper()
	_, err := p.loop.Once(p.t.Context())
	var broke *desk.Panic
	if err != nil && !errors.As(err, &broke) {
		p.t.Error(err)
	}
}

// waiting is whose system or reader is still to be told.
func (p *poisonedHouse) waiting() map[customer.ID]bool {
	p.t.Helper()
	rows, err := p.store.View(p.t.Context()).Rows(`SELECT record_id FROM delivery WHERE acked_seq < wanted_seq UNION SELECT record_id FROM notice WHERE due_at IS NOT NULL`)
	p.must(err)
	waits := map[customer.ID]bool{}
	for rows.Next() {
		var id customer.ID
		p.must(rows.Scan(&id))
		waits[id] = true
	}
	p.must(rows.Err())
	return waits
}

// setAside lets half a day pass: everything poisonous was tried a few times, then set aside where
// people see it, and nothing of it came into the log.
func (p *poisonedHouse) setAside(turn int) {
	p.t.Helper()
	for range 10 {
		p.clock.jump(90 * time.Minute)
		p.round()
	}
	v := p.store.View(p.t.Context())
	for _, id := range slices.Concat(p.of("panics"), p.of("refused")) {
		d, err := v.Delivery("crm", id)
		p.must(err)
		if d.State != downstream.Stopped || p.out.calls[string(id)] > poisonTries {
			p.t.Errorf("after %d tries the delivery is %+v", p.out.calls[string(id)], d)
		}
	}
	if n := p.number(`SELECT COUNT(*) FROM exception WHERE resolved_at IS NULL`); int(n) != 2*p.bad {
		p.t.Errorf("%d deliveries are shown, want %d", n, 2*p.bad)
	}
	if n := p.number(`SELECT COUNT(*) FROM notice WHERE attempts > $1 OR due_at IS NOT NULL`, poisonTries); n != 0 {
		p.t.Errorf("%d messages are still tried", n)
	}
	if n := p.number(`SELECT COUNT(DISTINCT record_id) FROM notice WHERE state = 'unknown'`); int(n) != p.bad {
		p.t.Errorf("messages of %d customers are set aside, want %d", n, p.bad)
	}
	stuck, err := v.Quarantined(2 * p.bad)
	p.must(err)
	if want := p.bad * (turn + 1) / 2; len(stuck) != want || stuck[0].Attempts != poisonTries {
		p.t.Errorf("requests shown: %+v, want %d", stuck, want)
	}
	if said := p.log.String(); !strings.Contains(said, "panic") || strings.Contains(said, "+86138") {
		p.t.Error("the log does not say where it was, or says a value")
	}
}
