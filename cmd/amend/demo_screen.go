package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	"golang.org/x/text/width"

	"amend/internal/lang"
	"amend/internal/sandbox"
)

// A screen is a terminal as the demo writes on it: two languages, at most columns wide,
// and coloured only where somebody looks.
type screen struct {
	out   io.Writer
	lang  lang.Lang
	color bool
	zone  *time.Location
	amend string // how the reader calls the command
}

const (
	columns = 100
	margin  = 5 // text stands under the title of its step
)

// An ink is how a text is set off: an ANSI attribute, "" for plain.
type ink string

const (
	plain ink = ""
	bold  ink = "1"
	dim   ink = "2"
	red   ink = "31"
	green ink = "32"
	amber ink = "33"
	blue  ink = "36"
)

// colours reports whether out wants colour: a terminal that is not dumb, and nobody asked
// for none (no-color.org).
func colours(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// pick answers the text in the reader's language.
func (s *screen) pick(zh, en string) string {
	if s.lang == lang.ZH {
		return zh
	}
	return en
}

func (s *screen) ink(i ink, text string) string {
	if !s.color || i == plain {
		return text
	}
	return "\x1b[" + string(i) + "m" + text + "\x1b[0m"
}

// head says what the reader is about to see.
func (s *screen) head(dir string, begin time.Time) {
	fmt.Fprintln(s.out, s.ink(bold, s.pick("Amend 演示：一个手机号是怎样改的", "Amend demo: how a phone number changes")))
	s.paragraph(dim, "", fmt.Sprintf(s.pick("数据目录 %s", "Data directory %s"), dir))
	s.paragraph(dim, "", fmt.Sprintf(s.pick("时钟是模拟的：从 %s 开始，跳到哪里都写在屏幕上，讲完时回到现在", "The clock is simulated: it starts on %s, says so when it jumps, and ends in the present"),
		begin.In(s.zone).Format("2006-01-02")))
}

// blank parts two thoughts of one step.
func (s *screen) blank() { fmt.Fprintln(s.out) }

// title begins a part of the story: a number or a mark, what happens, and when.
func (s *screen) title(mark, text string, at time.Time) {
	when := at.In(s.zone).Format("2006-01-02 15:04")
	fill := max(2, columns-margin-cells(text)-len(when))
	fmt.Fprintf(s.out, "\n%s%s%s%s\n", s.ink(blue, pad(mark, margin)), s.ink(bold, text), strings.Repeat(" ", fill), s.ink(dim, when))
}

// say writes a paragraph.
func (s *screen) say(zh, en string, args ...any) {
	s.paragraph(plain, "", fmt.Sprintf(s.pick(zh, en), args...))
}

// done writes something that has come about.
func (s *screen) done(zh, en string, args ...any) {
	s.marked(green, "✓", fmt.Sprintf(s.pick(zh, en), args...))
}

// refused writes something that Amend would not do, in Amend's own words.
func (s *screen) refused(what, words string) {
	s.marked(red, "✗", what)
	s.paragraph(red, "  ", words)
}

// marked writes a paragraph behind a coloured mark.
func (s *screen) marked(i ink, mark, text string) {
	for n, line := range wrap(text, columns-margin-2) {
		if n > 0 {
			mark = " "
		}
		fmt.Fprintf(s.out, "%s%s %s\n", strings.Repeat(" ", margin), s.ink(i, mark), line)
	}
}

func (s *screen) paragraph(i ink, indent, text string) {
	for _, line := range wrap(text, columns-margin-len(indent)) {
		fmt.Fprintf(s.out, "%s%s%s\n", strings.Repeat(" ", margin), indent, s.ink(i, line))
	}
}

// quote writes a message as it arrived.
func (s *screen) quote(head, text string) {
	s.paragraph(amber, "", head)
	for _, line := range wrap(text, columns-margin-2) {
		fmt.Fprintf(s.out, "%s%s %s\n", strings.Repeat(" ", margin), s.ink(amber, "│"), line)
	}
}

// tokenTail is what of a link only a machine reads.
var tokenTail = regexp.MustCompile(`(/l/[A-Za-z0-9_-]{6})[A-Za-z0-9_-]{37}(/[0-9a-v]{20}/[0-9]{6})?`)

// message writes a message as it arrived, links shortened.
func (s *screen) message(m sandbox.Message) {
	to := m.To
	if rest, ok := strings.CutPrefix(to, "+86"); ok && len(rest) == 11 {
		to = rest[:3] + " " + rest[3:7] + " " + rest[7:]
	}
	s.quote(s.pick("短信 ", "SMS to ")+to, tokenTail.ReplaceAllString(m.Text, "$1…"))
}

// jump tells that the simulated clock was moved.
func (s *screen) jump(to time.Time, zh, en string) {
	s.paragraph(dim, "", fmt.Sprintf(s.pick("» 时钟跳到 %s：%s", "» the clock jumps to %s: %s"), to.In(s.zone).Format("2006-01-02 15:04:05"), s.pick(zh, en)))
}

// hours writes a stretch of time.
func (s *screen) hours(d time.Duration) string {
	return fmt.Sprintf(s.pick("%d 小时", "%d h"), int(d.Hours()))
}

// command writes something to type, so that it can be copied: what is long goes on behind
// a backslash, or, within quotes, on the next line as it is.
func (s *screen) command(parts ...string) {
	lead, quotes := "$ ", 0
	for i, part := range parts {
		quotes += strings.Count(part, "'")
		if i < len(parts)-1 && quotes%2 == 0 {
			part += " \\"
		}
		fmt.Fprintf(s.out, "%s%s\n", strings.Repeat(" ", margin), s.ink(blue, lead+part))
		lead = "    "
	}
}

// table writes rows in columns; the first row names them.
func (s *screen) table(rows ...[]string) {
	var b strings.Builder
	table(&b, rows...)
	for n, line := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
		i := plain
		if n == 0 {
			i = dim
		}
		fmt.Fprintf(s.out, "%s%s\n", strings.Repeat(" ", margin), s.ink(i, line))
	}
}

// pairs writes names with what they stand for.
func (s *screen) pairs(rows ...[2]string) {
	wide := 0
	for _, row := range rows {
		wide = max(wide, cells(row[0]))
	}
	for _, row := range rows {
		fmt.Fprintf(s.out, "%s%s%s\n", strings.Repeat(" ", margin), s.ink(dim, pad(row[0], wide+2)), row[1])
	}
}

// cells is how many columns of a terminal a text takes: two for each wide character
// (Unicode Standard Annex 11).
func cells(text string) int {
	n := 0
	for _, r := range text {
		n += cell(r)
	}
	return n
}

func cell(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

func pad(text string, to int) string { return text + strings.Repeat(" ", max(0, to-cells(text))) }

// neverFirst are the characters that no line begins with.
const neverFirst = "，。：；、！？）」”’》%"

// wrap breaks a text into lines of at most limit columns: at spaces, and between wide
// characters, but not before a closing mark. A word longer than a line stays whole.
func wrap(text string, limit int) []string {
	var lines []string
	for _, paragraph := range strings.Split(text, "\n") {
		lines = append(lines, wrapLine(paragraph, limit)...)
	}
	return lines
}

func wrapLine(text string, limit int) []string {
	var lines []string
	line, used := "", 0
	for _, piece := range pieces(text) {
		size := cells(strings.TrimRight(piece, " "))
		if used > 0 && used+size > limit {
			lines, line, used = append(lines, strings.TrimRight(line, " ")), "", 0
		}
		line, used = line+piece, used+cells(piece)
	}
	return append(lines, strings.TrimRight(line, " "))
}

// pieces cuts a text where a line may end: behind every space and around every wide
// character, whose closing marks stay with it.
func pieces(text string) []string {
	var all []string
	open := false // the last piece may grow
	for _, r := range text {
		wide := cell(r) == 2
		switch last := len(all) - 1; {
		case last >= 0 && strings.ContainsRune(neverFirst, r):
			all[last] += string(r)
			open = false
			continue
		case open && !wide:
			all[last] += string(r)
		default:
			all = append(all, string(r))
		}
		open = !wide && r != ' '
	}
	return all
}
