package experiments

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"amend/fault"
	"amend/internal/sandbox"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

func TestEveryCutToPostgreSQLIsAnsweredTruthfully(t *testing.T) {
	t.Parallel() // it counts, and measures no time
	r := begin(t, Trial{
		Name:  "postgres-cut",
		Title: Words{"数据库连接在任意处断开", "The connection to PostgreSQL breaks anywhere"},
		Broken: Words{
			"完整一生中每个动作的每条协议消息：转发之前、当中、之后切断连接，回应之前、当中切断，或由服务器终止其后端进程",
			"At every message of every verb of a whole life, the connection is cut before, in and after it, before and in the answer, or the server ends its backend",
		},
		Holds: Words{
			"每个答复属实；没有只存一半的；连接恢复后同一进程继续，无需重启",
			"Every answer was true; nothing is stored by halves; once connections pass again, the same process goes on without a restart",
		},
	})
	c := &cutting{run: r, verbs: map[string]*cutVerb{}, chance: rand.New(rand.NewPCG(*seed, 7))}
	for round := range r.size(2, maxRounds) {
		lives, more := c.left(round)
		if !more {
			break
		}
		c.round(lives)
	}
	r.count(c.cuts, "断开次数", "cuts")
	r.count(c.done, "其中动作仍答复成功", "of them, verbs that were answered as done")
	r.count(c.not, "其中答复“未存”", "of them, answered \"not stored\"")
	r.count(c.maybe, "其中答复“不知是否已存”", "of them, answered \"may or may not be stored\"")
	r.count(c.were, "后者中确已存入", "of those, stored after all")
	r.count(c.untrue, "不实的答复", "answers that were not true")
	if *full && (c.were == 0 || c.were == c.maybe) {
		t.Errorf("%d of %d unknown answers were stored: the cuts around COMMIT were missed", c.were, c.maybe)
	}
}

// A cutVerb is how far the cuts of one verb have come.
type cutVerb struct {
	next  int // of cutPlaces
	k     int // the message
	short int // how often in a row the verb ended before that message
	over  bool
}

// cutPlaces are the ways in which a connection breaks at a message.
func cutPlaces() []pgCut {
	return []pgCut{
		{side: "front", place: "before"}, {side: "front", place: "middle"}, {side: "front", place: "after"}, {side: "front", place: "killed"},
		{side: "back", place: "before"}, {side: "back", place: "middle"}, {readers: true, side: "front", place: "before"}, {readers: true, side: "back", place: "middle"},
	}
}

// A cutting is one experiment: in each life, every verb meets its next cut, and passes when
// it is tried again.
type cutting struct {
	*run
	chance *rand.Rand
	verbs  map[string]*cutVerb
	house  cutHouse
	armed  bool // the verb under way meets a cut
	failed bool // the verb before did not succeed

	cuts, done, not, maybe, were, untrue int
}

// A cutHouse is one database: the program behind the proxy, and a look past it.
type cutHouse struct {
	proxy  *pgProxy
	l      *lifeline
	direct *lifeline
	last   imprint // what the database held after the last act whose fate was known
}

// maxRounds bounds the full size, which ends by itself when every verb met every cut.
const maxRounds = 5000

// left answers how many lives the next round lives, and whether there is anything to cut.
// Verbs that only bring a house in order need none.
func (c *cutting) left(round int) (lives int, more bool) {
	if !*full || round == 0 {
		return 2, true
	}
	for verb, v := range c.verbs {
		if v.over {
			continue
		}
		more = true
		if verb != "open" && verb != "hire" && verb != "connect" {
			return 2, true
		}
	}
	return 0, more
}

// round lives some lives on a database of their own.
func (c *cutting) round(lives int) {
	url := storetest.Postgres(c)
	proxy, through, err := openProxy(url)
	c.must(err)
	clock := sandbox.NewClock(lifeBegins)
	master := faultedKeys()
	c.house = cutHouse{proxy: proxy}
	h := &c.house
	h.direct, err = openLifeline(c.Context(), store.Options{URL: url, Keys: master, Solo: func(store.Moment) {}}, clock)
	c.must(err)
	h.last, err = imprintOf(h.direct.store.View(c.Context()))
	c.must(err)
	h.l, err = openLifeline(c.Context(), store.Options{URL: through, Keys: master, Solo: c.stored}, clock)
	c.must(err)
	h.l.begins, h.l.answered = c.arm, c.judge
	c.must(h.l.live(lives))
	c.check("after its lives")
	c.must(h.l.store.Close())
	c.must(h.proxy.close())
	c.must(h.direct.store.Close())
}

// stored takes down what an acknowledged act left.
func (c *cutting) stored(m store.Moment) {
	if m != store.Stored {
		return
	}
	held := c.held()
	if held == c.house.last {
		c.lie("an act was acknowledged, and the database did not move: %s", held)
	}
	c.house.last = held
}

func (c *cutting) held() imprint {
	held, err := imprintOf(c.house.direct.store.View(c.Context()))
	c.must(err)
	return held
}

// arm breaks a connection somewhere in verb, unless the verb before did not succeed: now
// everything passes, and it has to.
func (c *cutting) arm(verb string) {
	v := c.verbs[verb]
	if v == nil {
		v = &cutVerb{k: 1}
		c.verbs[verb] = v
	}
	places := cutPlaces()
	if !*full {
		v.next = c.chance.IntN(len(places))
		v.k = 1 + c.chance.IntN(shortMessages)
	}
	if c.armed = !v.over && !c.failed; !c.armed {
		return
	}
	cut := places[v.next]
	cut.k = v.k
	c.house.proxy.arm(cut)
}

// lie reports that something was not as it was answered.
func (c *cutting) lie(format string, args ...any) {
	c.untrue++
	c.Errorf(format, args...)
}

// shortMessages is where the short size looks for a message to break at.
const shortMessages = 16

// maxShort is how often a verb may end before its message until it has none so late.
const maxShort = 6

// advance goes on to the next message, and behind the last to the next way.
func (v *cutVerb) advance(came bool) {
	if came {
		v.k, v.short = v.k+1, 0
		return
	}
	if v.short++; v.short < maxShort {
		return
	}
	v.k, v.short = 1, 0
	if v.next++; v.next == len(cutPlaces()) {
		v.next, v.over = 0, true
	}
}

// judge holds a verb's answer against the database.
func (c *cutting) judge(verb string, err error) error {
	v := c.verbs[verb]
	at := fmt.Sprintf("%s, %+v, message %d", verb, cutPlaces()[v.next], v.k)
	came := c.house.proxy.disarm() && c.armed
	if c.armed {
		v.advance(came)
	}
	if c.failed = err != nil; c.failed && !came {
		c.lie("%s: nothing was cut, and yet: %v", at, err)
	}
	c.compare(at, err, came)
	c.add(&c.cuts, came)
	return nil
}

// compare holds the answer err against what the database was and is.
func (c *cutting) compare(at string, err error, came bool) {
	held := c.held()
	switch code := fault.CodeOf(err); {
	case err == nil:
		c.add(&c.done, came)
	case code == "maybe_stored":
		c.add(&c.maybe, came)
		if held != c.house.last {
			c.add(&c.were, came)
			c.check(at)
			return
		}
	case code == "not_stored", code == "no_database":
		c.add(&c.not, came)
	}
	if held != c.house.last {
		c.lie("%s: answered %v, but the database was\n%s and is\n%s", at, err, c.house.last, held)
	}
}

func (c *cutting) add(n *int, came bool) {
	if came {
		*n++
	}
}

// check looks past the proxy whether everything holds.
func (c *cutting) check(what string) {
	if _, err := c.house.direct.store.View(c.Context()).Meta("key_fingerprint"); err != nil {
		return // not opened yet
	}
	if problems := whole(c, c.house.direct.store, faultedKeys(), c.house.direct.desk); len(problems) > 0 {
		c.lie("%s: %s", what, strings.Join(problems, "; "))
	}
	c.house.last = c.held()
}
