package experiments

import (
	"fmt"
	"testing"
	"time"

	"amend/change"
	"amend/desk"
	"amend/fault"
	"amend/internal/store/storetest"
)

// clockSkew is how far the clocks of two nodes may differ without anybody noticing.
const clockSkew = 10 * time.Minute

// codeLife is how long a code may be answered.
const codeLife = 10 * time.Minute

// A clockTurn is one way in which a clock does not simply go on.
type clockTurn struct {
	name string
	zone string
	at   string // where the clock stands, RFC 3339
	by   time.Duration
}

// clockTurns are jumps of a second to ten years both ways, both ends of daylight saving,
// when the clock on the wall jumps and ours must not, and a leap second, which a machine's
// clock shows as one second twice.
func clockTurns() (turns []clockTurn) {
	const day = 24 * time.Hour
	for _, by := range []time.Duration{time.Second, time.Minute, 5 * time.Minute, time.Hour, day, 30 * day, 365 * day, 3652 * day} {
		for _, sign := range []time.Duration{1, -1} {
			turns = append(turns, clockTurn{fmt.Sprintf("%+v", sign*by), "Asia/Shanghai", "2036-03-03T10:00:00+08:00", sign * by})
		}
	}
	return append(turns,
		clockTurn{"daylight saving begins", "Europe/Berlin", "2026-03-29T01:59:59+01:00", 2 * time.Second},
		clockTurn{"daylight saving ends", "Europe/Berlin", "2026-10-25T02:59:59+02:00", 2 * time.Second},
		clockTurn{"the hour of daylight saving, set by hand", "Europe/Berlin", "2026-10-25T02:59:59+02:00", -time.Hour},
		clockTurn{"leap second", "UTC", "2016-12-31T23:59:59Z", -time.Second},
		clockTurn{"29 February", "UTC", "2028-02-28T23:59:59Z", 2 * time.Second})
}

func TestClockThatJumpsFoolsNobodyAndStopsNothing(t *testing.T) {
	r := begin(t, Trial{
		Name:   "clock-jumps",
		Title:  Words{"时钟跳变", "Clock jumps"},
		Broken: Words{"时钟前跳或后跳一秒到十年，经历夏令时与闰秒，两个节点相差五分钟", "the clock jumps a second to ten years on or back, through daylight saving and a leap second, and two nodes differ by five minutes"},
		Holds:  Words{"过期的码不收，有效的码不拒，定时只响一次，日志可核对，编号不重复，没有工作被卡住", "no expired code is taken and no valid one refused, timers ring once, the log verifies, ids are unique and no work is stuck"},
	})
	var all clockTally
	places := map[string]func(testing.TB) string{"sqlite": storetest.SQLite}
	if *full {
		places["postgres"] = storetest.Postgres
	}
	for place, open := range places {
		for _, turn := range clockTurns() {
			t.Run(place+"/"+turn.name, func(t *testing.T) {
				c := newClockCase(t, open(t), turn)
				c.repeats()
				c.codes()
				c.work()
				c.timers()
				c.whole()
				all.add(c.clockTally)
			})
		}
		t.Run(place+"/two nodes", func(t *testing.T) { all.add(twoNodes(t, open(t))) })
	}
	r.count(len(places)*(len(clockTurns())+1), "时钟异常的情形", "ways in which a clock went wrong")
	r.count(all.checks, "检查次数", "checks")
	r.count(all.failed, "未通过的检查", "checks that failed")
}

// A clockCase is one house through one turn.
type clockCase struct {
	*wildHouse
	turn  clockTurn
	other *wildHouse // a second node, which does nothing at first
	clockTally
}

// A clockTally counts checks.
type clockTally struct{ checks, failed int }

func (t *clockTally) add(u clockTally) {
	t.checks += u.checks
	t.failed += u.failed
}

func newClockCase(t *testing.T, url string, turn clockTurn) *clockCase {
	t.Helper()
	zone, err := time.LoadLocation(turn.zone)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.Parse(time.RFC3339, turn.at)
	if err != nil {
		t.Fatal(err)
	}
	clock, master := &wildClock{at: at}, wildKeys(t)
	c := &clockCase{wildHouse: openWild(t, url, master, clock, zone), turn: turn, other: openWild(t, url, master, clock, zone)}
	c.other.out = c.out
	c.found(1)
	return c
}

func (c *clockCase) check(ok bool, format string, args ...any) {
	c.t.Helper()
	c.checks++
	if !ok {
		c.failed++
		c.t.Errorf(format, args...)
	}
}

// codes: a code that was sent before the jump counts for as long as it is sure not to be
// too old, and the next code is sent and taken.
func (c *clockCase) codes() {
	c.t.Helper()
	id, err := c.file("phone", "13900139001")
	c.must(err)
	challenge, code, err := c.challenged(id)
	c.must(err)
	c.clock.jump(c.turn.by)
	err = c.desk.Prove(c.t.Context(), c.customer(), id, challenge, code)
	valid := c.turn.by < codeLife-time.Second && c.turn.by >= -clockSkew
	c.check((err == nil) == valid, "a code %v after it was sent: %v", c.turn.by, err)
	c.check(err == nil || fault.CodeOf(err) == "code_over", "it was refused as %v", err)

	c.clock.jump(clockSkew + time.Minute) // the wait between two codes, by a clock that may lag
	if id, err = c.file("phone", "13900139002"); err != nil {
		c.t.Fatal(err)
	}
	challenge, code, err = c.challenged(id)
	c.check(err == nil, "a new code: %v", err)
	if err == nil {
		err = c.desk.Prove(c.t.Context(), c.customer(), id, challenge, code)
		c.check(err == nil, "a new code, answered at once: %v", err)
		err = c.desk.Prove(c.t.Context(), c.customer(), id, challenge, code)
		c.check(err != nil, "a code was taken twice")
	}
	c.clock.jump(-c.turn.by)
}

// work: what is due is done, whichever node held the work before the jump and whatever its
// rows say, while the clock is wrong and once it is right again.
func (c *clockCase) work() {
	c.t.Helper()
	c.pass(c.wildHouse)
	_, err := c.file("interests", "before")
	c.must(err)
	c.clock.jump(c.turn.by)
	c.pass(c.wildHouse)
	c.done("while the clock is wrong")
	_, err = c.file("interests", "meanwhile")
	c.must(err)
	c.clock.jump(-c.turn.by)
	c.pass(c.wildHouse)
	c.done("once it is right again")

	_, err = c.file("interests", "held")
	c.must(err)
	c.settle() // this node holds every shard now, and works no more
	c.clock.jump(c.turn.by)
	_, err = c.other.desk.Propose(c.t.Context(), c.customer(), c.wish("interests", "after"))
	c.must(err)
	c.pass(c.other)
	c.done("by the node that took over")
	c.clock.jump(-c.turn.by)
	c.pass(c.other)
}

// pass lets a node work for as long as a clock may lag unnoticed.
func (c *clockCase) pass(node *wildHouse) {
	c.t.Helper()
	node.settle()
	c.clock.jump(clockSkew + time.Minute)
	node.settle()
}

// done: nothing waits: every entry has its place, the system is in sync, everybody was told.
func (c *clockCase) done(when string) {
	c.t.Helper()
	fresh, err := c.store.View(c.t.Context()).Unsequenced(1)
	c.must(err)
	c.check(len(fresh) == 0, "%s: entries have no place in the log", when)
	for what, q := range map[string]string{
		"deliveries that wait": `SELECT COUNT(*) FROM delivery WHERE acked_seq < wanted_seq`,
		"notices that wait":    `SELECT COUNT(*) FROM notice WHERE due_at IS NOT NULL`,
	} {
		n := c.number(q)
		c.check(n == 0, "%s: %d %s", when, n, what)
	}
}

// timers: a request whose time is over ends once, whatever the clock does around it.
func (c *clockCase) timers() {
	c.t.Helper()
	id, err := c.file("phone", "13900139003")
	c.must(err)
	for _, by := range []time.Duration{c.turn.by, -c.turn.by, 60 * 24 * time.Hour, c.turn.by, -c.turn.by, clockSkew} {
		c.clock.jump(by)
		c.other.settle()
	}
	r, err := c.store.View(c.t.Context()).Change(id)
	c.must(err)
	c.check(r.End == change.Expired, "after its time the request is %q", r.End)
	n := c.number(`SELECT COUNT(*) FROM entry WHERE change_id = $1 AND verb = 'expire'`, id)
	c.check(n == 1, "it expired %d times", n)
	rang := map[string]int{}
	for _, timer := range r.Fired {
		rang[timer]++
		c.check(rang[timer] == 1, "%s rang %d times", timer, rang[timer])
	}
}

// whole: everything that must hold of any database holds of this one.
func (c *clockCase) whole() {
	c.t.Helper()
	problems := whole(c.t, c.store, c.keys, c.other.desk)
	c.check(len(problems) == 0, "%v", problems)
}

// twoNodes lets two nodes whose clocks differ by five minutes act in turn: what one sends
// the other takes, and the log keeps the order of commits.
func twoNodes(t *testing.T, url string) clockTally {
	master, at := wildKeys(t), time.Date(2036, 3, 3, 10, 0, 0, 0, time.UTC)
	slow := openWild(t, url, master, &wildClock{at: at}, time.UTC)
	fast := openWild(t, url, master, &wildClock{at: at.Add(5 * time.Minute)}, time.UTC)
	fast.out = slow.out
	people := slow.found(2)
	fast.record = slow.record
	c := &clockCase{wildHouse: slow, other: fast, turn: clockTurn{by: 5 * time.Minute}}
	nodes := []*wildHouse{slow, fast}
	for i := range 20 {
		_, err := nodes[i%2].file("interests", fmt.Sprint("wish ", i))
		c.check(err == nil, "change %d: %v", i, err)
		c.settle()
	}
	fast.record = people[1]
	c.swap(fast, slow)
	slow.clock.jump(60 * 24 * time.Hour)
	fast.clock.jump(60 * 24 * time.Hour)
	c.settle()
	c.other.settle()
	c.done("on two nodes")
	versions, acts := c.number(`SELECT SUM(version) FROM golden_record`), c.number(`SELECT COUNT(*) FROM entry WHERE effects IS NOT NULL`)
	c.check(versions == acts, "%d versions were made by %d acts", versions, acts)
	c.whole()
	return c.clockTally
}

// swap lets each node send a code at once after the other and take the other's code. What
// the fast node queued is due on the slow one five minutes later.
func (c *clockCase) swap(fast, slow *wildHouse) {
	c.t.Helper()
	type asked struct {
		from, to *wildHouse
		phone    string
		id       change.ID
		code     desk.Sent
	}
	var both []asked
	for _, a := range []asked{{from: fast, to: slow, phone: "+8613900139001"}, {from: slow, to: fast, phone: "+8613900139002"}} {
		var err error
		a.id, err = a.from.file("phone", a.phone)
		c.must(err)
		a.code, err = a.from.desk.Challenge(c.t.Context(), a.from.customer(), a.id, wildCode())
		c.check(err == nil, "a code from the next node: %v", err)
		both = append(both, a)
	}
	slow.clock.jump(5 * time.Minute)
	fast.clock.jump(5 * time.Minute)
	c.settle()
	for _, a := range both {
		err := a.to.desk.Prove(c.t.Context(), a.from.customer(), a.id, a.code.Challenge, c.out.code(a.phone))
		c.check(err == nil, "a code of the other node: %v", err)
	}
}
