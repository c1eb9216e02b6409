package page

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"amend/internal/lang"
)

// A Doc is what differs between documents around their body.
type Doc struct {
	Class   string          // of the body: "portal", "console", "doc-page"
	KeysOff bool            // the reader switched shortcuts off
	Left    time.Duration   // until the session ends; 0 for none
	Head    templ.Component // further elements of the head, such as a refresh in <noscript>; may be nil
	Scripts []string        // further static scripts, such as "proof.js"
}

// A Session is what a frame shows of one that is about to end.
type Session struct {
	Left   time.Duration // until it ends; 0 for no session
	Extend string        // where its form posts to for more time; "" if it cannot be extended
	End    string        // where signing out posts to
}

// A PortalFrame is what stands around a page of the customer site.
type PortalFrame struct {
	Home     string // where the brand leads
	Help     string // where "Help and phone" leads
	Hours    string // of the hotline
	Back     Link   // to the page before; none on a first page
	Step     int    // of Steps, from 1; 0 for a page that is no step
	Steps    int
	SignOut  string // where signing out posts to, "" if nobody is signed in
	Language string // where the choice of a language posts to; "" for "/language"
	Session  Session
	Wide     bool // more than one column: "my data"
	Doc      Doc
}

// A RailLink is a place of the console. One without an address is a rule between groups.
type RailLink struct {
	Href    string
	Icon    string
	Label   string
	Count   string // "" shows none
	Current bool
	Key     string // "g i"
}

// A Command is a line of the command menu besides the places of the rail.
type Command struct {
	Href  string
	Icon  string
	Label string
	Group string
	Key   string
}

// A KeyGroup is a part of the help on shortcuts.
type KeyGroup struct {
	Title string
	Keys  []KeyHelp
}

// A KeyHelp is one shortcut and what it does.
type KeyHelp struct {
	Keys string // "j", "g i", "mod k"
	Does string
}

// A ConsoleFrame is what stands around a page of the staff site.
type ConsoleFrame struct {
	Home     string // where the mark leads
	Rail     []RailLink
	Foot     string // below the rail: house and version
	Search   string // where the search posts to; "" for "/console/search"
	Badge    string // "Production"; "" shows none
	Notices  Link   // the bell; its text is how many, "" for none
	Who      string
	Role     string
	Account  string // where one's own settings are
	SignOut  string // where signing out posts to
	Language string // where the choice of a language posts to; "" for "/language"
	Commands []Command
	Keys     []KeyGroup
	Events   string // address of server-sent events; "" for none
	Undo     *Undo  // of what was said
	Session  Session
	Doc      Doc
}

// A PlainFrame is what stands around a page without a place in the site: signing in.
type PlainFrame struct {
	Home     string
	Language string
	Console  bool
	Doc      Doc
}

// share is how far step is, of 100.
func (f PortalFrame) share() string { return length(float64(f.Step)/float64(max(f.Steps, 1)), 100) }

func (f PortalFrame) step(p *Page) string {
	return p.T("page.step_of", "n", strconv.Itoa(f.Step), "of", strconv.Itoa(f.Steps))
}

func (f PortalFrame) doc() Doc {
	f.Doc.Class, f.Doc.Left = "portal", f.Session.Left
	return f.Doc
}

func (f ConsoleFrame) doc() Doc {
	f.Doc.Class, f.Doc.Left = "console", f.Session.Left
	return f.Doc
}

func (f PlainFrame) doc() Doc {
	f.Doc.Class = "portal plain"
	if f.Console {
		f.Doc.Class = "console plain"
	}
	return f.Doc
}

// or is s, otherwise what stands for it.
func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// heading is the title of the document: the page's, then the house's.
func (p *Page) heading() string {
	if p.Title == "" {
		return p.House.Brand
	}
	return p.Title + " · " + p.House.Brand
}

// tel is the address by which a phone calls the hotline.
func (p *Page) tel() string {
	return "tel:" + strings.Map(func(r rune) rune {
		if r == '+' || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, p.House.Hotline)
}

// other is the language that a switch offers, by its own name.
func (p *Page) other() (l lang.Lang, name string) {
	if p.Lang == lang.ZH {
		return lang.EN, "English"
	}
	return lang.ZH, "中文"
}

// Initial is what stands for a name in a small circle: the first letters of two words, or
// the first character.
func Initial(name string) string {
	first, _ := utf8.DecodeRuneInString(strings.TrimSpace(name))
	if first == utf8.RuneError {
		return "·"
	}
	if unicode.Is(unicode.Latin, first) {
		letters := ""
		for _, word := range strings.Fields(name)[:min(2, len(strings.Fields(name)))] {
			r, _ := utf8.DecodeRuneInString(word)
			letters += string(unicode.ToUpper(r))
		}
		return letters
	}
	return string(first)
}

// keysOf splits a shortcut into the keys that are pressed.
func keysOf(keys string) []string { return strings.Fields(keys) }

// scheme tells the browser which colours its own parts may take.
func scheme(t Theme) string {
	if t == Auto {
		return "light dark"
	}
	return string(t)
}
