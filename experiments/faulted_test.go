package experiments

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"amend/fault"
	"amend/internal/keys"
	"amend/internal/sandbox"
	"amend/internal/store"
)

// The environment of a faulted child: the folder of its database, how many lives it lives,
// and whether its parent wants to look at the files after each verb that failed.
const (
	faultedFolder = "AMEND_FAULTED_FOLDER"
	faultedLives  = "AMEND_FAULTED_LIVES"
)

// faultedKeys and faultedEntropy are the same in every process, so that every child does
// the same calls in the same order until one of them is failed.
func faultedKeys() *keys.Master { return lifeKeys(rand.NewChaCha8([32]byte{1})) }

func faultedEntropy() io.Reader { return rand.NewChaCha8([32]byte{2}) }

func faultedFile(folder string) string { return "sqlite://" + filepath.Join(folder, "amend.db") }

// faulted lives on one thread, where every act is stored too, and says what it was
// answered. After an answer that is no success it waits until its parent has looked.
func faulted() error {
	runtime.LockOSThread()
	lives, err := strconv.Atoi(os.Getenv(faultedLives))
	if err != nil {
		return err
	}
	f := faultedLife{in: bufio.NewReader(os.Stdin)}
	if err := f.open(os.Getenv(faultedFolder)); err != nil {
		return err
	}
	if err := f.l.live(lives); err != nil {
		return err
	}
	if err := f.hear("close", f.l.store.Close()); err != nil {
		return err
	}
	return f.say("end")
}

// A faultedLife is a life in a process whose system calls fail.
type faultedLife struct {
	in *bufio.Reader
	l  *lifeline
}

// say writes one line with one system call, which a trace shows between the others.
func (f *faultedLife) say(words ...string) error {
	_, err := os.Stdout.WriteString(strings.Join(words, " ") + "\n")
	return err
}

// hear passes an answer on. The parent looks at the files before the life goes on.
func (f *faultedLife) hear(verb string, err error) error {
	if err == nil {
		return f.say("did", verb)
	}
	code := fault.CodeOf(err)
	if code == "" {
		code = "error:" + strings.Join(strings.Fields(err.Error()), "_")
	}
	if err := f.say("failed", verb, code); err != nil {
		return err
	}
	_, err = f.in.ReadString('\n')
	return err
}

// stored says what the database holds after an act, which is acknowledged by that.
func (f *faultedLife) stored(m store.Moment) {
	if m != store.Stored {
		return
	}
	now, err := imprintOf(f.l.store.View(f.l.ctx))
	if err == nil {
		err = f.say("stored", string(now))
	}
	if err != nil {
		panic(err)
	}
}

// openTries bounds how often a child that cannot open its database tries again.
const openTries = 3

func (f *faultedLife) open(folder string) error {
	for range openTries {
		o := store.Options{URL: faultedFile(folder), Keys: faultedKeys(), Rand: faultedEntropy(), Solo: f.stored}
		l, err := openLifeline(context.Background(), o, sandbox.NewClock(lifeBegins))
		if err != nil {
			if err := f.hear("start", err); err != nil {
				return err
			}
			continue
		}
		f.l, l.answered = l, f.hear
		var last int64
		if err := l.store.View(l.ctx).Row(`SELECT COALESCE(MAX(at), 0) FROM entry`).Scan(&last); err != nil {
			return err
		}
		l.clock.Set(time.UnixMicro(last).Add(time.Hour))
		f.stored(store.Stored)
		return nil
	}
	return errors.New("the database does not open")
}

// A watched child is one whose answers its parent hears.
type watched struct {
	*exec.Cmd
	lines *bufio.Scanner
	in    io.WriteCloser
	said  strings.Builder // on standard error
}

func watchChild(cmd *exec.Cmd) (*watched, error) {
	w := &watched{Cmd: cmd}
	cmd.Stderr = &w.said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	w.lines = bufio.NewScanner(out)
	if w.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	return w, cmd.Start()
}

// A faultedAnswer is a verb that was answered with something else than success.
type faultedAnswer struct {
	verb, code string
	before     imprint // what the database held after the last acknowledged act
}

// follow hears the child to its end and answers what the database holds by its word. It
// gives failed every failure, while the child waits.
func (w *watched) follow(failed func(faultedAnswer) error) (last imprint, err error) {
	ended := false
	for w.lines.Scan() {
		words := strings.Fields(w.lines.Text())
		switch words[0] {
		case "stored":
			last = imprint(words[1])
		case "failed":
			err = errors.Join(err, failed(faultedAnswer{words[1], words[2], last}))
			_, _ = io.WriteString(w.in, "go on\n")
		case "end":
			ended = true
		}
	}
	_ = w.in.Close()
	if over := w.Wait(); over != nil || !ended {
		err = errors.Join(err, fmt.Errorf("the life did not end: %w: %s", errors.Join(errShort, over), w.said.String()))
	}
	return last, err
}

var errShort = errors.New("a child stopped early")

// copyDatabase copies the files of a database as another process finds them.
func copyDatabase(from, to string) error {
	for _, suffix := range []string{"", "-wal", "-journal"} {
		raw, err := os.ReadFile(filepath.Join(from, "amend.db"+suffix))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, "amend.db"+suffix), raw, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// examine opens the database in folder with nothing failing any more, and answers what it
// holds and what does not hold in it.
func examine(t testing.TB, folder string) (held imprint, problems []string) {
	l, err := openLifeline(t.Context(), store.Options{URL: faultedFile(folder), Keys: faultedKeys(), Solo: func(store.Moment) {}}, sandbox.NewClock(lifeBegins.AddDate(10, 0, 0)))
	if err != nil {
		return "", []string{"it does not open: " + err.Error()}
	}
	defer func() {
		if err := l.store.Close(); err != nil {
			problems = append(problems, err.Error())
		}
	}()
	if held, err = imprintOf(l.store.View(t.Context())); err != nil {
		return held, []string{err.Error()}
	}
	if err := l.desk.Open(t.Context(), "amend.example.com/log"); err != nil {
		return held, []string{err.Error()}
	}
	return held, whole(t, l.store, faultedKeys(), l.desk)
}
