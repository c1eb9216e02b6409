package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"amend/internal/store/storetest"
)

func TestStoryWithoutAnyOneOfItsActsFails(t *testing.T) {
	for _, story := range []string{"phone", "email_one_factor", "bank", "reverted"} {
		text, err := os.ReadFile("testdata/stories/" + story + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		t.Run(story, func(t *testing.T) { mutate(t, strings.Split(string(text), "\n")) })
	}
}

// mutate tells a story as often as it has acts, each time without one of them.
func mutate(t *testing.T, lines []string) {
	if failed := tell(t, lines); failed != "" {
		t.Fatalf("the whole story fails: %s", failed)
	}
	dropped := 0
	for i, line := range lines {
		word, _, _ := strings.Cut(line, " ")
		if _, isAct := acts()[word]; !isAct {
			continue
		}
		dropped++
		without := append(append([]string{}, lines[:i]...), lines[i+1:]...)
		t.Run(fmt.Sprintf("%d %s", i+1, word), func(t *testing.T) {
			t.Parallel()
			if tell(t, without) == "" {
				t.Errorf("the story holds without %q: nothing in it depends on that act", line)
			}
		})
	}
	if dropped < 10 {
		t.Errorf("only %d acts in the story", dropped)
	}
}

// tell runs a story on a database of its own and answers why it failed, "" if it held.
func tell(t *testing.T, lines []string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "story.txtar")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	var r recorder
	testscript.RunT(&r, testscript.Params{
		Files: []string{file}, Cmds: commands(),
		Setup: func(env *testscript.Env) error { return begin(env, storetest.SQLite(t)) },
	})
	return r.failed
}

// A recorder notes that a story failed instead of failing the test.
type recorder struct{ failed string }

func (r *recorder) Fatal(args ...any) { r.fail(fmt.Sprint(args...)) }
func (r *recorder) FailNow()          { r.fail("failed") }
func (r *recorder) Skip(args ...any)  { r.fail("skipped") }
func (r *recorder) Log(...any)        {}
func (r *recorder) Parallel()         {}
func (r *recorder) Verbose() bool     { return false }

func (r *recorder) fail(why string) {
	r.failed = why
	runtime.Goexit()
}

// Run runs one script to its end.
func (r *recorder) Run(_ string, script func(testscript.T)) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		script(r)
	}()
	<-done
}
