package audit

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"html/template"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/mod/sumdb/note"

	"amend/fault"
)

//go:embed page
var pageFiles embed.FS

// receiptPage is parsed once and only ever executed.
var receiptPage = template.Must(template.ParseFS(pageFiles, "page/receipt.html"))

// pageView is what page/receipt.html shows.
type pageView struct {
	Receipt   Receipt
	S         Statement
	Words     words
	Policy    string // content security policy: this page's own style and script, and nothing from outside
	Style     template.CSS
	Script    template.JS
	StampName string
	StampLong bool
	StampTail string
	Ladder    ladder
	HeadSize  string
	HeadTime  string
	PathNote  string
	Command   string
	Root      string
}

// HTML is the receipt as one page to keep: it needs no network, checks itself when it is
// opened, and claims nothing before that. lang is "zh" or "en". The page is a receipt
// file too: Verify reads it. Serve it as a download, since it brings its own script.
func (r Receipt) HTML(lang string) ([]byte, error) {
	n, err := note.Open([]byte(r.Checkpoint), nil)
	if unsigned, ok := err.(*note.UnverifiedNoteError); ok { // the page checks the signature, on each load
		n, err = unsigned.Note, nil
	}
	if err != nil || len(r.Entries) == 0 {
		return nil, fault.New(fault.Malformed, "bad_receipt")
	}
	head, err := parseCheckpoint(n.Text)
	if err != nil {
		return nil, err
	}
	w := wordsIn(lang)
	v, err := r.view(w, head)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = receiptPage.Execute(&b, v)
	return b.Bytes(), err
}

func (r Receipt) view(w words, head Checkpoint) (pageView, error) {
	style, script, err := pageAssets()
	if err != nil {
		return pageView{}, err
	}
	first := r.Entries[0]
	v := pageView{
		Receipt: r, S: r.Statement, Words: w,
		Policy: "default-src 'none'; base-uri 'none'; form-action 'none'; style-src " + cspHash(style) + "; script-src " + cspHash(script),
		Style:  template.CSS(style), Script: template.JS(script),
		StampName: w.stampName(r.Statement.Company),
		StampTail: " · " + grouped(first.Pos),
		Ladder:    drawLadder(first, head.Size, head.Root, w),
		HeadSize:  w.fill(w.HeadSize, "size", grouped(head.Size)),
		HeadTime:  w.fill(w.HeadTime, "at", w.Minute(head.At.In(r.Statement.Issued.Location()))),
		Command:   "amend receipt verify " + r.FileName() + " --key " + r.LogKey,
		Root:      spaced(hex.EncodeToString(head.Root[:])),
	}
	v.PathNote = w.fill(w.PathNote, "n", strconv.Itoa(len(first.Proof)), "drawn", strconv.Itoa(min(len(first.Proof), ladderRungs)))
	v.StampLong = cells(v.StampName) > 20
	return v, nil
}

// FileName is what a customer's copy of the page is called.
func (r Receipt) FileName() string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return c
		}
		return '-'
	}, r.Statement.Ref) + ".html"
}

// pageAssets answers the style and the script that the page carries.
func pageAssets() (style, script string, err error) {
	var b [4][]byte
	for i, name := range []string{"receipt.css", "crypto.js", "check.js", "show.js"} {
		if b[i], err = pageFiles.ReadFile("page/" + name); err != nil {
			return "", "", err
		}
	}
	return string(b[0]), "'use strict';\n" + string(b[1]) + string(b[2]) + string(b[3]), nil
}

func cspHash(s string) string {
	h := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(h[:]) + "'"
}

// grouped writes a position with thousands apart, and nothing for none.
func grouped(n int64) string {
	if n < 0 {
		return ""
	}
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// spaced sets a hash in groups of eight, for eyes and telephones.
func spaced(s string) string {
	var groups []string
	for ; len(s) > 8; s = s[8:] {
		groups = append(groups, s[:8])
	}
	return strings.Join(append(groups, s), " ")
}

// cells is how wide s is set, in halves of a Chinese character.
func cells(s string) int {
	n := 0
	for _, c := range s {
		if n++; c > 0x2E7F {
			n++
		}
	}
	return n
}

// Date writes a day and a minute, in the zone the time carries.
func (w words) Date(t time.Time) string { return w.moment(w.Script.Date, t) }

// Minute writes the same without the year.
func (w words) Minute(t time.Time) string { return w.moment(w.Script.Minute, t) }

// Pos writes a position with thousands apart.
func (w words) Pos(n int64) string { return grouped(n) }

func (w words) moment(form string, t time.Time) string {
	return w.fill(form, "y", t.Format("2006"), "m", w.Script.Months[t.Month()-1], "d", t.Format("2"),
		"mm", t.Format("01"), "dd", t.Format("02"), "t", t.Format("15:04"))
}
