package main

import (
	"fmt"
	"io"
	"time"
)

// A progress reads a file for somebody who watches: rows a second, and the time that is
// left by the share of the file that was read. It writes only at a terminal.
type progress struct {
	app    *app
	from   io.ReaderAt
	size   int64
	read   int64
	began  time.Time
	shown  time.Time
	watch  bool
	shows  bool
	ticker time.Duration
}

func newProgress(a *app, from io.ReaderAt, size int64) *progress {
	return &progress{app: a, from: from, size: size, began: now(), watch: terminal(a.err), ticker: 200 * time.Millisecond}
}

// ReadAt serves io.ReaderAt.
func (p *progress) ReadAt(b []byte, off int64) (int, error) {
	n, err := p.from.ReadAt(b, off)
	p.read += int64(n)
	return n, err
}

// show writes over the line it wrote before, a few times a second.
func (p *progress) show(rows int) {
	if !p.watch || now().Sub(p.shown) < p.ticker {
		return
	}
	p.shown, p.shows = now(), true
	took := p.shown.Sub(p.began)
	left := time.Duration(float64(took) * float64(p.size-p.read) / float64(max(p.read, 1)))
	fmt.Fprintf(p.app.err, "\r\x1b[K"+p.app.pick("%d 行，每秒 %.0f 行，还需 %s", "%d rows, %.0f a second, %s left"),
		rows, float64(rows)/max(took.Seconds(), 0.001), left.Round(time.Second))
}

// done ends the line.
func (p *progress) done(rows int) {
	if !p.shows {
		return
	}
	p.shown = time.Time{}
	p.show(rows)
	fmt.Fprintln(p.app.err)
}
