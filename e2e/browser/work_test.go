package browser

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// fullHouse is a house in the middle of its work: requests in every state, three systems of
// which one fails, holds, tasks, drafts, links that nobody followed yet.
func fullHouse(t testing.TB) *house { return openOn(t, work) }

// work is the ground of such houses. What listens for it goes on listening: their systems.
var work = sync.OnceValues(func() (g *ground, err error) {
	s := &site{}
	defer func() {
		if failed := recover(); failed != nil {
			err = fmt.Errorf("the house could not be put to work: %v", failed)
		}
	}()
	h := openHouse(s)
	h.busy()
	base, err := foundation()
	if err != nil {
		return nil, err
	}
	g = &ground{folder: filepath.Dir(h.file), keys: base.keys, ends: h.Clock.Now(), people: h.people, known: base.known, connected: true, followable: h.followable}
	return g, h.Store.Close()
})

// A site stands in for a test while a ground is laid: what goes wrong ends the laying, and
// nothing is taken away at its end.
type site struct{ testing.TB }

func (*site) Helper()                      {}
func (*site) Context() context.Context     { return context.Background() }
func (*site) Cleanup(func())               {}
func (*site) Output() io.Writer            { return io.Discard }
func (*site) Fatal(args ...any)            { panic(fmt.Sprint(args...)) }
func (*site) Fatalf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }
func (*site) Error(args ...any)            { panic(fmt.Sprint(args...)) }
func (*site) Errorf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }

func (s *site) TempDir() string {
	folder, err := os.MkdirTemp("", "amend-browser-")
	if err != nil {
		s.Fatal(err)
	}
	return folder
}
