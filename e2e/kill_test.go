package e2e

import (
	"bufio"
	"context"
	"crypto/rand"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"amend/internal/keys"
	"amend/internal/store/storetest"
)

// verbs are the acts of a life in the middle of which its process is killed.
func verbs() []string {
	return []string{"propose", "challenge", "tell", "prove", "attest", "approve", "settle", "deliver", "confirm", "dispute", "decide", "pass"}
}

// SIGKILL takes the process, not the machine: what was handed to the operating system is
// kept, so this shows that no verb is stored by halves, not that the disk was told.
func TestProcessKilledInTheMiddleOfAVerbLeavesNothingHalfDone(t *testing.T) {
	for name, in := range map[string]struct {
		open  func(testing.TB) string
		kills int
	}{"sqlite": {storetest.SQLite, 60}, "postgres": {storetest.Postgres, 24}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storm(t, in.open(t), in.kills)
		})
	}
}

// storm kills one process after the other, each in the middle of another verb, and sees
// that the next one finds the database whole and goes on to the end of a life.
func storm(t *testing.T, url string, kills int) {
	folder, seed := t.TempDir(), uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	if _, err := keys.CreateFile(filepath.Join(folder, keyFile), rand.Reader); err != nil {
		t.Fatal(err)
	}
	chance := mrand.New(mrand.NewPCG(seed, 1))
	done := map[string]int{}
	for i := range kills {
		p := spawn(t, url, folder)
		verb := p.until(t, verbs()[i%len(verbs())])
		<-time.After(time.Duration(chance.Int64N(int64(10 * time.Millisecond)))) // somewhere in the middle of it: any moment will do
		p.kill()
		done[verb]++
	}
	t.Logf("killed in the middle of %v", done)
	p := spawn(t, url, folder)
	p.until(t, "confirm")
	p.until(t, "propose")
	p.kill()
	w, err := reopen(context.Background(), url, folder)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := invariants(context.Background(), w); err != nil {
		t.Fatal(err)
	}
}

// A process is a life in a process of its own.
type process struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	said  []string
}

func spawn(t *testing.T, url, folder string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), lifeURL+"="+url, lifeFolder+"="+folder)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd, lines: bufio.NewScanner(out)}
	if !p.lines.Scan() || p.lines.Text() != "whole" {
		p.kill()
		t.Fatalf("after a restart: %s", p.lines.Text())
	}
	return p
}

// maxVerbs bounds how long a life is followed until it comes to a verb.
const maxVerbs = 200

// until follows the life until it is about to do verb, and answers what it is about to do.
func (p *process) until(t *testing.T, verb string) string {
	t.Helper()
	for len(p.said) < maxVerbs && p.lines.Scan() {
		p.said = append(p.said, p.lines.Text())
		if p.lines.Text() == verb {
			return verb
		}
	}
	p.kill()
	t.Fatalf("no %s in this life: %v", verb, p.said[max(0, len(p.said)-12):])
	return ""
}

// kill is SIGKILL: nothing of the process runs any more.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}
