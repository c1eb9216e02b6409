package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"amend/verify"
)

// Page says how the mailbox's page is to be shown.
type Page struct {
	Lang  string // of the document, as BCP 47 has it
	Title string
	Zone  *time.Location // in which times are written
	Was   string         // address that links of earlier messages begin with
	Is    string         // where the sites are now: links lead there; "" makes none

	// Apps are the authenticator apps of the people of the demo, who have no phones.
	Apps      []App
	AppsTitle string
}

// An App shows the code by which somebody signs in.
type App struct {
	Name   string
	Secret []byte // as verify.TOTPCode takes it
}

// A shownApp is an app with its code of this moment.
type shownApp struct{ Name, Code string }

// A piece is a part of a message: words, or an address that leads somewhere.
type piece struct{ Text, Href string }

// address is a link as messages write one.
var address = regexp.MustCompile(`https?://[^\s<>"]+`)

// pieces takes a message apart, so that its links can be followed.
func (p Page) pieces(text string) []piece {
	if p.Is == "" {
		return []piece{{Text: text}}
	}
	var all []piece
	end := 0
	for _, at := range address.FindAllStringIndex(text, -1) {
		link := text[at[0]:at[1]]
		if p.Was != "" && strings.HasPrefix(link, p.Was) {
			link = p.Is + strings.TrimPrefix(link, p.Was)
		}
		if !strings.HasPrefix(link, p.Is+"/") {
			continue
		}
		all = append(all, piece{Text: text[end:at[0]]}, piece{Text: link, Href: link})
		end = at[1]
	}
	return append(all, piece{Text: text[end:]})
}

// codes are what the apps show now.
func (p Page) codes(now time.Time) []shownApp {
	var all []shownApp
	for _, a := range p.Apps {
		code := verify.TOTPCode(a.Secret, now)
		all = append(all, shownApp{a.Name, code[:3] + " " + code[3:]})
	}
	return all
}

// maxShown bounds the page: the newest messages are what people look for.
const maxShown = 200

// ServePage shows what the mailbox received on a loopback port of its own, until the
// mailbox is closed, and answers its address. The page only reads: it has no script and no
// form; whatever a message says stays text, but for links into the sites of the demo.
func (m *Mailbox) ServePage(p Page) (string, error) {
	address, stop, err := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { m.show(w, r, p) }))
	if err != nil {
		return "", err
	}
	m.closers = append(m.closers, stop)
	return "http://" + address + "/", nil
}

func (m *Mailbox) show(w http.ResponseWriter, r *http.Request, p Page) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	messages := m.All()
	slices.Reverse(messages)
	type shown struct {
		Message
		Pieces []piece
	}
	var all []shown
	for _, message := range messages[:min(len(messages), maxShown)] {
		message.At = message.At.In(p.Zone)
		all = append(all, shown{message, p.pieces(message.Text)})
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", pagePolicy())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	_ = pageForm.Execute(w, map[string]any{"Page": p, "Messages": all, "Apps": p.codes(m.clock.Now())})
}

// pageStyle is the only style there is.
const pageStyle = `:root{color-scheme:light dark;--paper:#f5f4f0;--sheet:#fff;--ink:#191c22;--soft:#626972;--line:#dfdcd4}
@media(prefers-color-scheme:dark){:root{--paper:#101318;--sheet:#181c22;--ink:#eceef2;--soft:#98a1ae;--line:#2d333c}}
body{margin:0 auto;max-width:44rem;padding:24px 16px;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,"PingFang SC","Noto Sans CJK SC",sans-serif}
h1{font-size:22px}article{background:var(--sheet);border:1px solid var(--line);border-radius:10px;padding:12px 16px;margin:12px 0}
header{color:var(--soft);font-size:14px}p{margin:4px 0 0;white-space:pre-wrap;overflow-wrap:anywhere}
td{padding:2px 24px 2px 0}code{font:600 18px ui-monospace,monospace}a{color:inherit}`

// pagePolicy allows that style, by its hash, and nothing else.
func pagePolicy() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

var pageForm = template.Must(template.New("mailbox").Parse(`<!doctype html>
<html lang="{{.Page.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
{{if .Apps}}<meta http-equiv="refresh" content="10">{{end}}<title>{{.Page.Title}}</title><style>` + pageStyle + `</style></head>
<body>{{with .Apps}}<h1>{{$.Page.AppsTitle}}</h1><article><table>{{range .}}<tr><td>{{.Name}}</td><td><code>{{.Code}}</code></td></tr>{{end}}</table></article>
{{end}}<h1>{{.Page.Title}}</h1>
{{range .Messages}}<article><header>{{.Medium}} · {{.To}} · <time>{{.At.Format "2006-01-02 15:04:05"}}</time></header>
{{with .Subject}}<strong>{{.}}</strong>{{end}}<p>{{range .Pieces}}{{if .Href}}<a href="{{.Href}}" rel="noopener noreferrer">{{.Text}}</a>{{else}}{{.Text}}{{end}}{{end}}</p></article>
{{end}}</body></html>
`))
