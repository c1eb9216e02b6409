package e2e

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/internal/sandbox"
	"amend/internal/store"
	"amend/internal/store/storetest"
	"amend/notify"
)

func TestEveryStoryHoldsOnBothDatabases(t *testing.T) {
	for name, open := range databases() {
		t.Run(name, func(t *testing.T) {
			testscript.Run(t, testscript.Params{
				Dir: "testdata/stories", Cmds: commands(), RequireUniqueNames: true,
				Setup: func(env *testscript.Env) error { return begin(env, open(t)) },
			})
		})
	}
}

// databases are where a story may take place: each call answers an empty one.
func databases() map[string]func(testing.TB) string {
	return map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres}
}

// A story is one script at work: the world it takes place in, and the names it gave.
type story struct {
	ctx     context.Context
	url     string
	folder  string
	world   *sandbox.World
	app     access.Actor            // the client that vouches for signed-in customers
	people  map[string]access.Actor // staff by name
	records map[string]customer.ID
	changes map[string]change.ID
	at      change.ID // the request that the story is about now
	filer   access.Actor
	asked   []asked // codes and links that were asked for
	spent   string  // the link token used last
}

// An asked code is one challenge with where it went.
type asked struct {
	desk.Sent
	change change.ID
	key    customer.Key
	new    bool
	to     string
}

type storyKey struct{}

// begin prepares a story and makes sure that its end is judged.
func begin(env *testscript.Env, url string) error {
	s := &story{
		ctx: context.Background(), url: url, folder: filepath.Join(env.WorkDir, "world"),
		people: map[string]access.Actor{}, records: map[string]customer.ID{}, changes: map[string]change.ID{},
	}
	env.Values[storyKey{}] = s
	env.Defer(func() {
		if err := s.end(); err != nil {
			env.T().Fatal(err)
		}
	})
	return nil
}

// end checks what must hold after every story, and closes its world.
func (s *story) end() error {
	if s.world == nil {
		return fmt.Errorf("the story has no house")
	}
	defer s.world.Close()
	return invariants(s.ctx, s.world)
}

// opens is where the clock of a story starts: a Monday morning in Shanghai.
func opens() time.Time { return time.Date(2026, 3, 2, 10, 0, 0, 0, zone()) }

func zone() *time.Location { return time.FixedZone("CST", 8*60*60) }

// world opens the sandbox of a story.
func open(ctx context.Context, url, folder string, start time.Time, lang notify.Lang) (*sandbox.World, error) {
	return sandbox.Open(ctx, sandbox.Config{
		URL: url, Folder: folder, Start: start, Rand: rand.Reader, Zone: zone(), Lang: lang, Base: "https://portal.example.com",
	})
}

// commands are the words of a story: acts, which change something and are either done or
// refused, and looks, which only say how things are and may be negated.
func commands() map[string]func(*testscript.TestScript, bool, []string) {
	cmds := map[string]func(*testscript.TestScript, bool, []string){"refused": refused}
	for name, act := range acts() {
		cmds[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			if neg {
				ts.Fatalf("%s is an act: say refused CODE %s", name, name)
			}
			ts.Check(act(told(ts), read(args)))
		}
	}
	for name, look := range looks() {
		cmds[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			if err := look(told(ts), read(args)); (err != nil) != neg {
				ts.Fatalf("%s: %v", name, err)
			}
		}
	}
	return cmds
}

func told(ts *testscript.TestScript) *story { return ts.Value(storyKey{}).(*story) }

// refused demands that an act is refused with a stable code: refused CODE ACT ARGS…
func refused(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: refused CODE ACT ARGS…")
	}
	act, known := acts()[args[1]]
	if !known {
		ts.Fatalf("%s is no act; there are %v", args[1], slices.Sorted(maps.Keys(acts())))
	}
	if err := act(told(ts), read(args[2:])); fault.CodeOf(err) != args[0] {
		ts.Fatalf("%s: got %v, want it refused with %s", args[1], err, args[0])
	}
}

// words are the arguments of a command: plain ones, and name=value pairs in order.
type words struct {
	plain []string
	pairs [][2]string
}

var pairForm = regexp.MustCompile(`^([a-z_]+(?:/[a-z]+)?)=(?s:(.*))$`)

func read(args []string) words {
	var w words
	for _, a := range args {
		if m := pairForm.FindStringSubmatch(a); m != nil {
			w.pairs = append(w.pairs, [2]string{m[1], m[2]})
		} else {
			w.plain = append(w.plain, a)
		}
	}
	return w
}

// at answers the i-th plain word, "" if there is none.
func (w words) at(i int) string {
	if i < len(w.plain) {
		return w.plain[i]
	}
	return ""
}

// rest are the plain words from the i-th on.
func (w words) rest(i int) []string { return w.plain[min(i, len(w.plain)):] }

// has reports whether word is among the plain ones.
func (w words) has(word string) bool { return slices.Contains(w.plain, word) }

// of answers the value of a pair, or otherwise.
func (w words) of(name, otherwise string) string {
	for _, p := range w.pairs {
		if p[0] == name {
			return p[1]
		}
	}
	return otherwise
}

// except are the pairs that have none of the names: what is left are fields.
func (w words) except(names ...string) [][2]string {
	return slices.DeleteFunc(slices.Clone(w.pairs), func(p [2]string) bool { return slices.Contains(names, p[0]) })
}

func (s *story) view() store.View { return s.world.Store.View(s.ctx) }

// request reads the request that the story is about.
func (s *story) request() (change.Request, error) { return s.view().Change(s.at) }

// who answers a person of staff, or a customer signed in to the app.
func (s *story) who(name string) (access.Actor, error) {
	if a, ok := s.people[name]; ok {
		return a, nil
	}
	if id, ok := s.records[name]; ok {
		return access.Actor{ID: string(id), Sort: access.Customer, Via: s.app.ID}, nil
	}
	return access.Actor{}, fmt.Errorf("nobody is called %q", name)
}

// record answers the id of a record by the name that the story gave it.
func (s *story) record(name string) (customer.ID, error) {
	if id, ok := s.records[name]; ok {
		return id, nil
	}
	return "", fmt.Errorf("no record is called %q", name)
}

// parseSpan reads a length of time: 90m, 72h, 45d.
func parseSpan(text string) (time.Duration, error) {
	var days int
	if n, _ := fmt.Sscanf(text, "%dd", &days); n == 1 && text == fmt.Sprintf("%dd", days) {
		return time.Duration(days) * 24 * time.Hour, nil
	}
	return time.ParseDuration(text)
}
