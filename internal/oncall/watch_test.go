package oncall

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"amend/internal/doctor"
	"amend/internal/lang"
	"amend/notify"
)

// monday is when every test begins.
var monday = time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC)

// The troubles of these tests.
var (
	late = doctor.Finding{Area: "log", Code: "log_late", Level: doctor.Ill, Params: map[string]string{"signed": "7", "waiting": "2", "oldest": "2m0s"}}
	full = doctor.Finding{Area: "disk", Code: "disk_full", Level: doctor.Ill}
	away = doctor.Finding{Area: "database", Code: doctor.DatabaseAway, Level: doctor.Ill}
)

// A night is one node on a night without a database: what it sees is set, time passes when
// it is told to, and what it says is kept.
type night struct {
	t      *testing.T
	watch  *Watch
	now    time.Time
	wrong  []doctor.Finding
	dark   bool // the database doesn't answer
	shards *shards
	log    bytes.Buffer

	mu   sync.Mutex
	sent []notify.Outgoing
	fate map[string]func() (notify.Answer, error) // by recipient; nil: taken
}

// shards is the one shard that the nodes of a test share.
type shards struct {
	holder string
	until  time.Time
	err    error
}

func begin(t *testing.T, roster string, share *shards) *night {
	t.Helper()
	r, err := Parse(roster)
	if err != nil {
		t.Fatal(err)
	}
	n := &night{t: t, now: monday, shards: share, fate: map[string]func() (notify.Answer, error){}}
	n.watch = New(Config{
		Roster: r, Channels: map[notify.Medium]notify.Channel{notify.Mail: n, notify.SMS: n}, Now: func() time.Time { return n.now },
		Look: func(context.Context) ([]doctor.Finding, bool) { return n.wrong, !n.dark },
		Claim: func(_ context.Context, shard, holder string, lease time.Duration) (time.Time, bool, error) {
			if share.err != nil {
				return time.Time{}, false, share.err
			}
			if share.holder != holder && share.until.After(n.now) {
				return time.Time{}, false, nil
			}
			share.holder, share.until = holder, n.now.Add(lease)
			return share.until, true, nil
		},
		House: House{Brand: "Lan", Lang: lang.EN, Address: "https://portal.example.com", Zone: time.UTC},
		Timer: func(time.Duration) <-chan time.Time { return nil }, Log: slog.New(slog.NewTextHandler(&n.log, nil)),
	})
	return n
}

// Send is every channel of the night.
func (n *night) Send(_ context.Context, m notify.Outgoing) (notify.Answer, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if fate := n.fate[m.To]; fate != nil {
		return fate()
	}
	n.sent = append(n.sent, m)
	return notify.Answer{Outcome: notify.Taken}, nil
}

// pass lets minutes pass, with a look at the beginning of each.
func (n *night) pass(minutes int) {
	for range minutes {
		n.watch.look(n.t.Context())
		n.now = n.now.Add(time.Minute)
	}
}

// heard answers who was told since it was last asked, each as often as they were told.
func (n *night) heard() string {
	var who []string
	for _, m := range n.sent {
		name, _, _ := strings.Cut(m.To, "@")
		if strings.Contains(m.Text, "All is well") {
			name += " well"
		}
		who = append(who, name)
	}
	n.sent = nil
	slices.Sort(who)
	return strings.Join(who, ", ")
}

func (n *night) expect(when, want string) {
	n.t.Helper()
	if got := n.heard(); got != want {
		n.t.Errorf("%s: told %q, want %q", when, got, want)
	}
}

const three = "mail:ann@x.example,sms:+8613800000000;mail:bob@x.example;mail:eve@x.example"

func TestNextLevelIsToldHalfAnHourAfterTheOneBefore(t *testing.T) {
	n := begin(t, three, &shards{})
	n.pass(10)
	n.expect("all is well", "")
	n.wrong = []doctor.Finding{late}
	n.pass(1)
	n.expect("one look", "")
	n.pass(1)
	n.expect("two looks", "+8613800000000, ann")
	n.pass(29)
	n.expect("before half an hour", "")
	n.pass(1)
	n.expect("half an hour", "+8613800000000, ann, bob")
	n.pass(29)
	n.expect("before an hour", "")
	n.pass(1)
	n.expect("an hour", "+8613800000000, ann, bob, eve")
	n.pass(239)
	n.expect("before four hours more", "")
	n.pass(1)
	n.expect("four hours more", "eve")
	n.pass(240)
	n.expect("and again", "eve")
	n.wrong = nil
	n.pass(2)
	n.expect("it is over", "+8613800000000 well, ann well, bob well, eve well")
	n.pass(600)
	n.expect("said once", "")
	n.wrong = []doctor.Finding{late}
	n.pass(2)
	n.expect("a new trouble begins with the first level", "+8613800000000, ann")
}

func TestFlappingIsNotTold(t *testing.T) {
	n := begin(t, three, &shards{})
	for range 60 {
		n.wrong = []doctor.Finding{late}
		n.pass(1)
		n.wrong = nil
		n.pass(1)
	}
	n.expect("seen by every other look", "")

	n.wrong = []doctor.Finding{late}
	n.pass(2)
	n.expect("it stands", "+8613800000000, ann")
	for range 10 {
		n.wrong = nil
		n.pass(1)
		n.wrong = []doctor.Finding{late}
		n.pass(1)
	}
	n.expect("one good look is no end", "")
}

func TestNewTroubleIsToldToWhoKnowsAndDoesNotStartAnew(t *testing.T) {
	n := begin(t, three, &shards{})
	n.wrong = []doctor.Finding{late}
	n.pass(22)
	n.expect("the first", "+8613800000000, ann")
	n.wrong = []doctor.Finding{late, full}
	n.pass(2)
	text := n.sent[0].Text + n.sent[1].Text
	n.expect("the second", "+8613800000000, ann")
	if !strings.Contains(text, "2 things") || !strings.Contains(text, "disk is full") {
		t.Error(text)
	}
	n.pass(8) // half an hour after the first
	n.expect("the next level", "+8613800000000, ann, bob")
	n.wrong = []doctor.Finding{full}
	n.pass(10)
	n.expect("one of two is over", "")
	n.wrong = nil
	n.pass(2)
	n.expect("both are", "+8613800000000 well, ann well, bob well")
}

// While the database is away nobody knows how the log is: that trouble is not over.
func TestWhatCannotBeAskedIsAsItWas(t *testing.T) {
	n := begin(t, "mail:ann@x.example", &shards{})
	n.wrong = []doctor.Finding{late}
	n.pass(2)
	n.wrong, n.dark = []doctor.Finding{away}, true
	n.pass(5)
	n.expect("both", "ann, ann")
	n.wrong, n.dark = []doctor.Finding{late}, false
	n.pass(5)
	n.expect("the first still stands", "")
}

func TestClockThatGoesBackHoldsNobodyUpForLonger(t *testing.T) {
	n := begin(t, three, &shards{})
	n.wrong = []doctor.Finding{late}
	n.pass(2)
	n.now = n.now.Add(-24 * time.Hour)
	n.shards.until = time.Time{}
	n.heard()
	n.pass(31)
	n.expect("half an hour", "+8613800000000, ann, bob")
}

func TestLookThatPanicsIsOneThatDidNotHappen(t *testing.T) {
	n := begin(t, "mail:ann@x.example", &shards{})
	look := n.watch.Look
	n.wrong = []doctor.Finding{late}
	n.pass(1)
	n.watch.Look = func(context.Context) ([]doctor.Finding, bool) { panic("13800138000") }
	n.pass(3)
	n.watch.Look = look
	n.pass(1)
	n.expect("the second look that saw it", "ann")
	if text := n.log.String(); !strings.Contains(text, "panic") || strings.Contains(text, "13800138000") {
		t.Error(text)
	}
}

func TestLookThatHangsIsADatabaseThatDoesNotAnswer(t *testing.T) {
	n := begin(t, "mail:ann@x.example", &shards{})
	soon := make(chan time.Time)
	close(soon)
	n.watch.Timer = func(time.Duration) <-chan time.Time { return soon }
	let, asked := make(chan struct{}), make(chan struct{}, 10)
	n.watch.Look = func(context.Context) ([]doctor.Finding, bool) {
		asked <- struct{}{}
		<-let
		return nil, true
	}
	n.pass(5)
	if len(asked) > 1 {
		t.Errorf("%d looks hang beside each other", len(asked))
	}
	if text := fmt.Sprint(n.sent); !strings.Contains(text, "it doesn't answer") {
		t.Error(text)
	}
	n.expect("it hangs", "ann")
	close(let)
}

func TestNobodyOnCallIsNoWork(t *testing.T) {
	n := begin(t, "", &shards{})
	n.watch.Look = func(context.Context) ([]doctor.Finding, bool) { panic("it looks") }
	n.watch.Run(t.Context())
}

func TestRunLooksUntilItIsStoppedAndGivesTheShardBack(t *testing.T) {
	n := begin(t, "mail:ann@x.example", &shards{})
	ctx, stop := context.WithCancel(t.Context())
	n.wrong = []doctor.Finding{late}
	minutes := 0
	n.watch.Timer = func(d time.Duration) <-chan time.Time {
		if d != every {
			return nil
		}
		if minutes++; minutes == 5 {
			stop()
		}
		n.now = n.now.Add(d)
		next := make(chan time.Time, 1)
		next <- n.now
		return next
	}
	n.watch.Run(ctx)
	n.expect("it ran", "ann")
	if n.shards.until.After(n.now) {
		t.Error("the shard is held still")
	}
}
