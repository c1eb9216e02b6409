package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
	"slices"
	"time"
)

// Page says how the mailbox's page is to be shown.
type Page struct {
	Lang  string // of the document, as BCP 47 has it
	Title string
	Zone  *time.Location // in which times are written
}

// maxShown bounds the page: the newest messages are what people look for.
const maxShown = 200

// ServePage shows what the mailbox received on a loopback port of its own, until the
// mailbox is closed, and answers its address. The page only reads: it has no script, no
// form and no link, and whatever a message says stays text.
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
	for i := range messages {
		messages[i].At = messages[i].At.In(p.Zone)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", pagePolicy())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	_ = pageForm.Execute(w, map[string]any{"Page": p, "Messages": messages[:min(len(messages), maxShown)]})
}

// pageStyle is the only style there is.
const pageStyle = `:root{color-scheme:light dark;--paper:#f5f4f0;--sheet:#fff;--ink:#191c22;--soft:#626972;--line:#dfdcd4}
@media(prefers-color-scheme:dark){:root{--paper:#101318;--sheet:#181c22;--ink:#eceef2;--soft:#98a1ae;--line:#2d333c}}
body{margin:0 auto;max-width:44rem;padding:24px 16px;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,"PingFang SC","Noto Sans CJK SC",sans-serif}
h1{font-size:22px}article{background:var(--sheet);border:1px solid var(--line);border-radius:10px;padding:12px 16px;margin:12px 0}
header{color:var(--soft);font-size:14px}p{margin:4px 0 0;white-space:pre-wrap;overflow-wrap:anywhere}`

// pagePolicy allows that style, by its hash, and nothing else.
func pagePolicy() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

var pageForm = template.Must(template.New("mailbox").Parse(`<!doctype html>
<html lang="{{.Page.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{{.Page.Title}}</title><style>` + pageStyle + `</style></head>
<body><h1>{{.Page.Title}}</h1>
{{range .Messages}}<article><header>{{.Medium}} · {{.To}} · <time>{{.At.Format "2006-01-02 15:04:05"}}</time></header>
{{with .Subject}}<strong>{{.}}</strong>{{end}}<p>{{.Text}}</p></article>
{{end}}</body></html>
`))
