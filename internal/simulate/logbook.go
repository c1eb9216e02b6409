package simulate

import (
	"bytes"
	"log/slog"
	"strings"
)

// Marks are what every invented value carries, and nothing else in the world: a log line or
// a leaf with a mark in it has a customer's value in it. A leaf holds commitments, which are
// random bytes: a mark of three of them turns up by chance in every hundred runs or so, one
// of five in ten million entries not once.
const (
	phoneMark    = "1390071"
	mailMark     = "qz7qx"
	nameMark     = "龘龘"
	passportMark = "E7700"
	wordMark     = "zzyzx"
)

func marks() []string { return []string{phoneMark, mailMark, nameMark, passportMark, wordMark} }

// marked answers the mark that a text carries, "" if none.
func marked(text string) string {
	for _, m := range marks() {
		if strings.Contains(text, m) {
			return m
		}
	}
	return ""
}

// A logbook is what the whole program writes to its log.
type logbook struct{ text bytes.Buffer }

func (l *logbook) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(&l.text, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: withoutTime}))
}

// withoutTime drops what is not the program's own: the wall clock of the machine, and the
// place of a panic.
func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey || a.Key == "stack" {
		return slog.Attr{}
	}
	return a
}
