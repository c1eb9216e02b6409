package invent

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed data/chinese.txt
var chineseText string

//go:embed data/western.txt
var westernText string

// tables is everything that rows are put together from. Nothing of it changes.
type tables struct {
	chinese chinese
	western western
}

var loaded = sync.OnceValue(func() *tables {
	return &tables{readChinese(sections(chineseText)), readWestern(sections(westernText))}
})

// sections parts a file at its [headings]. Lines that begin with # are remarks.
func sections(text string) map[string][]string {
	parts := map[string][]string{}
	heading := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "# "):
		case line[0] == '[':
			heading = strings.Trim(line, "[]")
		default:
			parts[heading] = append(parts[heading], line)
		}
	}
	return parts
}

// words are all the words of some lines.
func words(lines []string) []string { return strings.Fields(strings.Join(lines, " ")) }

// characters are those of a word, each by itself.
func characters(word string) []string { return strings.Split(word, "") }

// number reads a number of our own files, which hold nothing else.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic("invent: " + err.Error())
	}
	return n
}

// A name is one part of a name.
type name struct {
	written string
	read    string // in plain Latin letters: Wang, Mueller
	plain   string // the same as it stands in a mail address: wang, obrien
}

// plainName is a name of a language with Latin letters.
func plainName(written string) name {
	read := plainLetters.Replace(written)
	return name{written, read, strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, read)}
}

var plainLetters = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "è", "e", "ë", "e", "ê", "e",
	"ç", "c", "î", "i", "ï", "i", "ô", "o", "É", "E", "Ö", "Oe", "Ü", "Ue", "Ä", "Ae")

// readName is a Chinese name and its reading.
func readName(written, reading string) name {
	first, size := utf8.DecodeRuneInString(reading)
	return name{written, string(unicode.ToUpper(first)) + reading[size:], reading}
}

// A line is a row while it is being written: all its cells in one text.
type line struct {
	text []byte
	ends []int
}

// cell ends a cell, after the given parts.
func (l *line) cell(parts ...string) {
	for _, p := range parts {
		l.text = append(l.text, p...)
	}
	l.ends = append(l.ends, len(l.text))
}

// count writes n.
func (l *line) count(n int) { l.text = strconv.AppendInt(l.text, int64(n), 10) }

// fixed writes n with a fixed count of digits.
func (l *line) fixed(n uint64, digits int) {
	at := len(l.text)
	for range digits {
		l.text = append(l.text, '0')
	}
	for i := len(l.text) - 1; i >= at; i-- {
		l.text[i] = byte('0' + n%10)
		n /= 10
	}
}

// cells shares one text among all cells.
func (l *line) cells() []string {
	text, from := string(l.text), 0
	cells := make([]string, len(l.ends))
	for i, end := range l.ends {
		cells[i], from = text[from:end], end
	}
	return cells
}
