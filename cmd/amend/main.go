// Command amend is change control for customer data: the server, and everything that an
// operator does beside it. Each command has a file of its own; cli.go lists them.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"amend/internal/config"
	"amend/internal/lang"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	a := &app{ctx: ctx, in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv}
	code := a.run(os.Args[1:])
	stop()
	os.Exit(code)
}

// An app is one run of the command: where it reads and writes, and what is in force.
type app struct {
	ctx    context.Context
	in     io.Reader
	out    io.Writer // results
	err    io.Writer // progress, advice and errors
	getenv func(string) string
	lang   lang.Lang
	config *config.Config
}

// pick answers the text in the reader's language.
func (a *app) pick(zh, en string) string {
	if a.lang == lang.ZH {
		return zh
	}
	return en
}
