package sandbox

import (
	"html/template"
	"net/http"
	"slices"
	"time"
)

// ServePage shows what the mailbox received on a loopback port of its own, until the
// mailbox is closed, and answers its address. The page only reads: it has no script, no
// form and no link, and what a message says stays text.
func (m *Mailbox) ServePage(title string, zone *time.Location) (string, error) {
	address, stop, err := serve(m.page(title, zone))
	if err != nil {
		return "", err
	}
	m.closers = append(m.closers, stop)
	return "http://" + address + "/", nil
}

// pageStyle is the only style, allowed by its hash.
const pageStyle = `:root{color-scheme:light dark;--paper:#f5f4f0;--sheet:#fff;--ink:#191c22;--soft:#626972;--line:#dfdcd4}
@media(prefers-color-scheme:dark){:root{--paper:#101318;--sheet:#181c22;--ink:#eceef2;--soft:#98a1ae;--line:#2d333c}}
body{margin:0 auto;max-width:44rem;padding:24px 16px;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,"PingFang SC","Noto Sans CJK SC",sans-serif}
h1{font-size:22px}article{background:var(--sheet);border:1px solid var(--line);border-radius:10px;padding:12px 16px;margin:12px 0}
header{color:var(--soft);font-size:14px}p{margin:4px 0 0;white-space:pre-wrap;overflow-wrap:anywhere}`

// pagePolicy allows that style and nothing else.
const pagePolicy = "default-src 'none'; style-src 'sha256-HASH'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

var pageForm = template.Must(template.New("mailbox").Parse(`<!doctype html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{{.Title}}</title><style>` + pageStyle + `</style></head><body><h1>{{.Title}}</h1>
{{range .Messages}}<article><header>{{.Medium}} · {{.To}}{{if not .At.IsZero}} · <time>{{.At.Format "2006-01-02 15:04:05"}}</time>{{end}}</header>
{{with .Subject}}<strong>{{.}}</strong>{{end}}<p>{{.Text}}</p></article>
{{end}}</body></html>
`))
