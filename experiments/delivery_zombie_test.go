package experiments

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"amend/access"
	"amend/customer"
	"amend/desk"
	"amend/downstream"
	"amend/internal/sandbox"
	"amend/internal/work"
)

// zombieAnswers are what a system may tell a worker that was paused meanwhile.
func zombieAnswers() map[string]downstream.Answer {
	return map[string]downstream.Answer{
		"taken":      {Outcome: downstream.OK},
		"not now":    {Outcome: downstream.Retry, Code: "http_500"},
		"away":       {Outcome: downstream.Retry, Code: "http_503", Down: true},
		"refused":    {Outcome: downstream.Permanent, Code: "http_422"},
		"a conflict": {Outcome: downstream.Conflict, Code: "http_409"},
	}
}

func TestPausedWorkerThatComesBackLateTurnsNothingBack(t *testing.T) {
	r := begin(t, Trial{
		Name:   "delivery-zombie",
		Title:  Words{"停顿后醒来的同步进程", "A worker that wakes up late"},
		Broken: Words{"同步进程在等待外部系统应答时停顿，租约到期，另一进程接手并送达更新的内容，然后它才醒来写入结果", "a worker pauses while a system answers, its lease ends, another one takes over and delivers something newer, and then the first one wakes up and writes"},
		Holds:  Words{"外部系统已确认的序号不倒退，也不凭空多出异常", "what the system has acknowledged never goes back, and no exception appears that is none"},
	})
	late := 0
	eachRace(r, func(r *run, url string, _ int) {
		z := openZombie(r, url)
		for name, answer := range zombieAnswers() {
			for range r.size(1, 20) {
				z.wakeLate(name, answer)
				late++
			}
		}
		z.holds(z.lines[0])
	})
	r.count(late, "停顿后才写入的结果", "results that were written too late")
	r.count(0, "倒退的序号、多出的异常", "sequence numbers that went back, and exceptions that are none")
}

// A zombieHouse is two workers on one database, and a system in which the first one's
// calls get stuck.
type zombieHouse struct {
	*raceHouse
	clock  *sandbox.Clock
	lines  [2]*lifeline
	desks  [2]*desk.Desk
	record customer.ID
	app    access.Actor
	wishes int

	stuck   chan downstream.Envelope // what the first worker was sending when it paused
	answer  chan downstream.Answer   // what it hears when it wakes up
	holding atomic.Int64             // the sequence number that the system holds
}

func openZombie(r *run, url string) *zombieHouse {
	z := &zombieHouse{raceHouse: openRace(r, url), clock: sandbox.NewClock(time.Now()), stuck: make(chan downstream.Envelope), answer: make(chan downstream.Answer)}
	for i := range z.lines {
		z.lines[i] = z.enterAt(z.clock)
		r.Cleanup(func() { r.must(z.lines[i].store.Close()) })
		send := z.sends
		if i == 0 {
			send = z.sticks
		}
		z.desks[i] = deliveryDesk(z.raceHouse, z.lines[i], func(downstream.System, []byte) (downstream.Connector, error) { return deliveryFunc(send), nil })
	}
	z.record = z.people(z.lines[0], 1)[0]
	z.app = z.hire(z.lines[0], "app", access.App)
	connectDelivery(z.raceHouse, z.lines[0], lifeSystem, "https://crm.example.com", nil)
	return z
}

// A deliveryFunc is a connector that is a function.
type deliveryFunc func(downstream.Envelope) downstream.Answer

func (f deliveryFunc) Deliver(_ context.Context, e downstream.Envelope) (downstream.Answer, error) {
	return f(e), nil
}

// sticks is a call of the worker that pauses.
func (z *zombieHouse) sticks(e downstream.Envelope) downstream.Answer {
	z.stuck <- e
	return <-z.answer
}

// sends is a call of the worker that takes over.
func (z *zombieHouse) sends(e downstream.Envelope) downstream.Answer {
	z.holding.Store(e.Seq)
	return downstream.Answer{Outcome: downstream.OK, Seq: e.Seq}
}

// wish changes the customer, which the system must hear.
func (z *zombieHouse) wish() {
	z.Helper()
	z.wishes++
	z.must(deliveryWish(z.Context(), z.desks[1], z.app, z.record, z.wishes))
}

// wakeLate lets the first worker pause in a call, the second one overtake it, and the
// first one wake up with an answer.
func (z *zombieHouse) wakeLate(name string, answer downstream.Answer) {
	z.Helper()
	first, second := work.New(work.Config{Desk: z.desks[0]}), work.New(work.Config{Desk: z.desks[1]})
	z.wish()
	woken := make(chan error)
	go func() {
		_, err := first.Once(z.Context())
		woken <- err
	}()
	old := <-z.stuck
	z.clock.Add(time.Minute) // twice its lease
	z.wish()
	for did := 1; did > 0; {
		var err error
		did, err = second.Once(z.Context())
		z.must(err)
	}
	if z.holding.Load() != old.Seq+1 {
		z.Fatalf("%s: the system holds %d, not what came after %d", name, z.holding.Load(), old.Seq)
	}
	z.answer <- answer
	z.must(<-woken)
	z.unmoved(name)
	second.Release(z.Context())
	z.clock.Add(time.Hour) // whatever the late answer said of the system is over
}

// unmoved: the delivery stands where the second worker left it, and nobody is asked to look.
func (z *zombieHouse) unmoved(name string) {
	z.Helper()
	v := z.lines[1].store.View(z.Context())
	d, err := v.Delivery(lifeSystem, z.record)
	z.must(err)
	if d.AckedSeq != z.holding.Load() || d.AckedSeq != d.WantedSeq || d.State != downstream.Settled || !d.InSync(d.WantedVersion) {
		z.Errorf("%s: %+v", name, d)
	}
	open, err := v.Exceptions(10)
	z.must(err)
	if len(open) > 0 {
		z.Errorf("%s: an exception was opened about what is in sync: %s %s", name, open[0].Why, open[0].Code)
	}
}

// deliveryWish is a change that applies at once.
func deliveryWish(ctx context.Context, d *desk.Desk, app access.Actor, record customer.ID, n int) error {
	by := access.Actor{ID: string(record), Sort: access.Customer, Via: app.ID}
	_, err := d.Propose(ctx, by, desk.Proposal{
		Record: record, Channel: "app", Reason: "a wish", Items: []desk.Proposed{{Key: "interests", Value: json.RawMessage(fmt.Sprintf(`["wish %d"]`, n))}},
	})
	return err
}
