package experiments

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"amend/access"
	"amend/connector"
	"amend/customer"
	"amend/desk"
	"amend/downstream"
	"amend/internal/dial"
	"amend/internal/sandbox"
	"amend/internal/work"
)

func TestShakySystemsGetEverythingInOrder(t *testing.T) {
	r := begin(t, Trial{
		Name:   "delivery-shaky",
		Title:  Words{"不可靠的下游系统", "Systems that fail"},
		Broken: Words{"下游系统有三成调用失败：不在线、出错、挂断、收下却丢了应答；一成事件重复或乱序到达，有的应答很晚", "systems fail three calls in ten: away, in error, hung up, taken with the answer lost; one event in ten is heard twice or out of order, some answers come late"},
		Holds:  Words{"一条不少；同一客户的序号不倒退；送不到的成为有负责人的异常", "nothing is lost; no customer's sequence goes back; what cannot be delivered is an exception with an owner"},
	})
	states := r.size(150, 6000) // on each database
	var sum shakyTally
	events, repeats, exceptions := 0, 0, 0
	eachRace(r, func(r *run, url string, _ int) {
		d := openDeliveries(r, url, r.size(20, 500))
		d.rage(states)
		d.calm()
		exceptions += d.judge()
		for _, s := range d.systems {
			did, took, again := s.counts()
			sum = shakyTally{sum.calls + did.calls, sum.failed + did.failed, sum.lost + did.lost, sum.late + did.late, sum.twice + did.twice, sum.backwards + did.backwards}
			events, repeats = events+took, repeats+again
		}
	})
	r.count(events, "送达的状态（两种数据库、两个系统合计）", "states delivered, on both databases to two systems")
	r.count(sum.calls, "调用", "calls")
	r.count(sum.failed, "其中失败的", "of these failed")
	r.count(sum.lost, "其中收下却丢了应答的", "of these taken with the answer lost")
	r.count(repeats, "因此再次送出、由接收方去重的", "states sent again for that, which the receiver knows already")
	r.count(sum.twice, "接收方重复或乱序听到的", "events heard twice or out of order")
	r.count(exceptions, "有负责人的异常（永久拒收）", "exceptions with an owner: refused for good")
	r.count(sum.backwards, "序号倒退", "sequences that went back")
}

// A deliveries is two workers on one database, and two systems that fail.
type deliveries struct {
	*raceHouse
	clock   *sandbox.Clock
	desks   [2]*desk.Desk
	lines   [2]*lifeline
	loops   [2]*work.Loop
	systems map[downstream.SystemID]*shakyReceiver
	records []customer.ID
	refused map[customer.ID]bool
	app     access.Actor
	chance  *rand.Rand
}

// refuseEvery is which customers one of the systems refuses for good: each of so many.
const refuseEvery = 10

func openDeliveries(r *run, url string, n int) *deliveries {
	d := &deliveries{
		raceHouse: openRace(r, url), clock: sandbox.NewClock(time.Now()), systems: map[downstream.SystemID]*shakyReceiver{},
		refused: map[customer.ID]bool{}, chance: rand.New(rand.NewPCG(*seed, 2)),
	}
	guard, err := dial.New(dial.Config{Allow: []string{"127.0.0.0/8"}})
	r.must(err)
	for i := range d.lines {
		d.lines[i] = d.enterAt(d.clock)
		pool := connector.NewPool(connector.Setup{Guard: guard, Folder: r.TempDir(), Now: d.clock.Now})
		r.Cleanup(func() {
			r.must(pool.Close())
			r.must(d.lines[i].store.Close())
		})
		d.desks[i] = deliveryDesk(d.raceHouse, d.lines[i], pool.Of)
		d.loops[i] = work.New(work.Config{Desk: d.desks[i]})
	}
	d.records = d.people(d.lines[0], n)
	d.app = d.hire(d.lines[0], "app", access.App)
	for _, id := range []downstream.SystemID{"crm", "mailing"} {
		d.systems[id] = openShaky(r, string(id), 30)
		connectDelivery(d.raceHouse, d.lines[0], id, d.systems[id].front.URL, d.systems[id].Secret())
	}
	for i := 0; i < n; i += refuseEvery {
		d.refused[d.records[i]] = true
		d.systems["crm"].refused[string(d.records[i])] = true
	}
	return d
}

// rage changes customers and works at the same time, on both nodes, until the systems have
// taken so many states. Several changes of one customer may be one state.
func (d *deliveries) rage(states int) {
	d.Helper()
	for n := 0; d.taken() < states && !d.Failed(); {
		var both sync.WaitGroup
		records := make([]customer.ID, 1+d.chance.IntN(12))
		for i := range records {
			records[i] = d.records[d.chance.IntN(len(d.records))]
		}
		both.Go(func() {
			for i, id := range records {
				d.must(deliveryWish(d.Context(), d.desks[i%2], d.app, id, n+i+1))
			}
		})
		for _, l := range d.loops {
			both.Go(func() { d.work(l) })
		}
		both.Wait()
		n += len(records)
		d.settle(3)
	}
}

// taken counts the states that the systems have taken.
func (d *deliveries) taken() (n int) {
	for _, s := range d.systems {
		_, events, _ := s.counts()
		n += events
	}
	return n
}

// settle lets both workers have a few rounds while time goes by.
func (d *deliveries) settle(rounds int) {
	for range rounds {
		for _, l := range d.loops {
			d.work(l)
		}
		d.clock.Add(time.Duration(2+d.chance.IntN(8)) * time.Second)
	}
}

func (d *deliveries) work(l *work.Loop) {
	if _, err := l.Once(d.Context()); err != nil {
		d.Error(err)
	}
}

// deliveryRounds bounds how long the calm may last, in rounds of a minute.
const deliveryRounds = 4000

// calm waits, in simulated time, until nothing is owed any more.
func (d *deliveries) calm() {
	d.Helper()
	for range deliveryRounds {
		var owed int
		d.must(d.lines[0].store.Row(d.Context(), `SELECT count(*) FROM delivery WHERE state = 'owed'`).Scan(&owed))
		if owed == 0 {
			return
		}
		d.settle(1)
		d.clock.Add(time.Minute)
	}
	d.Fatal("something is owed for ever")
}

// judge compares what the systems hold with the record, and answers how many exceptions
// there are: one for each customer that a system refuses for good, and each has an owner.
func (d *deliveries) judge() (exceptions int) {
	d.Helper()
	v := d.lines[0].store.View(d.Context())
	open, err := v.Exceptions(len(d.records) + 1)
	d.must(err)
	owned := map[customer.ID]bool{}
	for _, x := range open {
		if x.System != "crm" || !d.refused[x.Record] || x.Owner != "sales" || x.Why != downstream.Refused || owned[x.Record] {
			d.Errorf("an exception that is none: %+v", x)
		}
		owned[x.Record] = true
	}
	for _, id := range d.records {
		rec, err := v.Record(id)
		d.must(err)
		for name, system := range d.systems {
			d.holding(rec, name, system, owned[id])
		}
	}
	d.holds(d.lines[0])
	return len(open)
}

// holding: a system holds the customer as they are on record, or it is an exception.
func (d *deliveries) holding(rec customer.Record, name downstream.SystemID, system *shakyReceiver, owned bool) {
	d.Helper()
	want := string(rec.Get("interests"))
	if want == "" {
		return // nobody changed them
	}
	got, _ := system.Holding(string(rec.ID))
	refused := name == "crm" && d.refused[rec.ID]
	switch {
	case refused && owned:
	case refused:
		d.Errorf("%s refuses %s, and nobody is asked to look", name, rec.ID)
	case got.Version != rec.Version || got.Fields["interests"] != want:
		d.Errorf("%s holds version %d of %s, on record is %d", name, got.Version, rec.ID, rec.Version)
	}
}
