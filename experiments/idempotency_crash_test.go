package experiments

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"amend/access"
	"amend/customer"
	"amend/internal/api"
	"amend/internal/sandbox"
	"amend/internal/store"
	"amend/org"
)

func TestCrashAtAnyMomentOfARequestMakesNoSecondEffect(t *testing.T) {
	r := begin(t, Trial{
		Name:   "idempotency-crash",
		Title:  Words{"逐个时刻的崩溃", "A crash at each moment"},
		Broken: Words{"处理一个请求时，在每一次写入的每个时刻停下程序：已决定、已写入、已提交而无人听到", "the program stops at every moment of every write that a request makes: decided, written, committed with nobody told"},
		Holds:  Words{"重启后以同一键重试只生效一次，此后每次应答逐字节相同", "after a restart a repeat under the same key has one effect, and every answer from then on is equal byte for byte"},
	})
	crashes, unheard := 0, 0
	eachRace(r, func(r *run, url string, _ int) {
		c := openCrash(r, url)
		for moment := 1; c.crash(moment); moment++ {
			crashes++
		}
		unheard += c.unheard
		c.judge()
	})
	r.count(crashes, "停下的时刻（两种数据库合计）", "moments at which it stopped, on both databases together")
	r.count(unheard, "其中请求已生效而无人听到", "of these, moments at which the act was stored and nobody had heard")
	r.count(0, "第二次生效", "second effects")
}

// A crashHouse is one database whose program stops at moments of our choosing.
type crashHouse struct {
	*raceHouse
	clock   *sandbox.Clock
	beside  *lifeline // another program on the same database, which goes on
	records []customer.ID
	unheard int
}

// maxMoments bounds the moments of one request.
const maxMoments = 20

func openCrash(r *run, url string) *crashHouse {
	c := &crashHouse{raceHouse: openRace(r, url), clock: sandbox.NewClock(time.Now())}
	c.beside = c.enter()
	r.Cleanup(func() { r.must(c.beside.store.Close()) })
	c.records = c.people(c.beside, maxMoments)
	c.hire(c.beside, "ada", access.Agent)
	return c
}

// errStopped is what a stopped program panics with.
type errStopped struct{}

// crash files a request in a program that stops at its n-th moment, and again in one that
// does not. It reports whether there was such a moment.
func (c *crashHouse) crash(n int) bool {
	c.Helper()
	passed := 0
	c.door(func(store.Moment) {
		if passed++; passed == n {
			panic(errStopped{})
		}
	}, func(ask func() raceAnswer) { ask() }, n)
	if passed < n {
		return false
	}
	c.unheard += c.effects(n)
	c.clock.Add(time.Minute) // nobody waits for the answer of a program that is gone
	c.door(nil, func(ask func() raceAnswer) {
		first, again := ask(), ask()
		if first.status != http.StatusCreated || !bytes.Equal(first.body, again.body) {
			c.Errorf("stopped at moment %d: answered %d %s, and then %s", n, first.status, first.body, again.body)
		}
	}, n)
	return n < maxMoments
}

// effects counts the requests of the n-th customer.
func (c *crashHouse) effects(n int) int {
	c.Helper()
	all, err := c.beside.store.View(c.Context()).Changes(c.records[n-1])
	c.must(err)
	return len(all)
}

// door opens the program, which stops where solo panics, and hands over a client that
// files the n-th request under its key.
func (c *crashHouse) door(solo func(store.Moment), use func(ask func() raceAnswer), n int) {
	c.Helper()
	armed := false
	o := store.Options{URL: c.url, Keys: c.master}
	if solo != nil {
		o.Solo = func(m store.Moment) {
			if armed {
				solo(m)
			}
		}
	}
	l, err := openLifeline(c.Context(), o, c.clock)
	c.must(err)
	defer func() { c.must(l.store.Close()) }()
	door := api.New(api.Config{Desk: l.desk, Reader: store.NewReader(l.store, org.China(lifeZone())), Clock: c.clock.Now})
	armed = true
	use(func() raceAnswer {
		body := fmt.Sprintf(`{"record_id":%q,"channel":"hotline","reason":"new phone","items":[{"field":"phone","value":"139%08d"}]}`, c.records[n-1], n)
		q := httptest.NewRequestWithContext(c.Context(), http.MethodPost, "/api/v1/changes", strings.NewReader(body))
		q.Header.Set("Authorization", "Bearer "+c.tokens["ada"])
		q.Header.Set("Idempotency-Key", fmt.Sprint("crash ", n))
		rec := httptest.NewRecorder()
		door.ServeHTTP(rec, q)
		return raceAnswer{rec.Code, rec.Body.Bytes()}
	})
}

// judge: every customer that was asked about has one request.
func (c *crashHouse) judge() {
	c.Helper()
	asked := 0
	for n := range c.records {
		made := c.effects(n + 1)
		if made > 1 {
			c.Errorf("customer %d has %d requests", n, made)
		}
		asked += made
	}
	if asked < 4 {
		c.Errorf("only %d requests were stopped", asked)
	}
	c.holds(c.beside)
}

// A node that pauses between its act and its answer, while another one has answered the
// repeat, gives the answer that the repeat was given: there is one for each key.
func TestPausedNodeGivesTheAnswerThatItsRepeatsHeard(t *testing.T) {
	r := &run{T: t}
	eachRace(r, func(r *run, url string, _ int) {
		c := openCrash(r, url)
		var other raceAnswer
		paused := false
		c.door(func(m store.Moment) {
			if m != store.Stored || paused {
				return
			}
			paused = true
			c.clock.Add(time.Minute)
			c.withdraw(c.records[0])
			c.door(nil, func(ask func() raceAnswer) { other = ask() }, 1)
		}, func(ask func() raceAnswer) {
			late := ask()
			if other.status != http.StatusCreated || !bytes.Equal(late.body, other.body) {
				r.Errorf("the repeat was answered %d %s\nand the paused node answers %s", other.status, other.body, late.body)
			}
			if again := ask(); !bytes.Equal(again.body, other.body) {
				r.Errorf("a later repeat is answered %s", again.body)
			}
		}, 1)
	})
}

// withdraw takes the customer's request back, so that an answer made now is another one.
func (c *crashHouse) withdraw(id customer.ID) {
	c.Helper()
	all, err := c.beside.store.View(c.Context()).Changes(id)
	c.must(err)
	c.must(c.beside.desk.Withdraw(c.Context(), c.crew["ada"], all[0].ID))
}
