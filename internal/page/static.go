package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed static/*
var files embed.FS

// An asset is a static file under an address that changes with its content, so that a
// browser may keep it for ever.
type asset struct {
	address string
	kind    string
	plain   []byte
	packed  []byte // nil where packing gains nothing
}

// kinds are the types of what we serve. Nothing else is served.
var kinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// assets are the static files by their name, read and packed once.
var assets = sync.OnceValue(func() map[string]asset {
	all := map[string]asset{}
	names, _ := fs.Glob(files, "static/*")
	for _, name := range names {
		ext := path.Ext(name)
		plain, err := files.ReadFile(name)
		if kinds[ext] == "" || err != nil {
			continue
		}
		base := strings.TrimSuffix(path.Base(name), ext)
		sum := sha256.Sum256(plain)
		address := "/static/" + base + "." + hex.EncodeToString(sum[:6]) + ext
		all[path.Base(name)] = asset{address, kinds[ext], plain, pack(plain)}
	}
	return all
})

// pack answers the gzip of data, nil if that is no shorter.
func pack(data []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil
	}
	_, err = w.Write(data)
	if w.Close() != nil || err != nil || b.Len() >= len(data) {
		return nil
	}
	return b.Bytes()
}

// Asset is the address of a static file, such as "amend.css": "/static/amend.0123456789ab.css".
// A name that is none answers an address that is not found.
func Asset(name string) string {
	if a, ok := assets()[name]; ok {
		return a.address
	}
	return "/static/" + name
}

// addressed are the static files by their address.
var addressed = sync.OnceValue(func() map[string]asset {
	all := map[string]asset{}
	for _, a := range assets() {
		all[a.address] = a
	}
	return all
})

// Static serves the static files below /static/. They hold nothing of anybody, so that they
// are the only answers which may be kept.
func Static() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := addressed()[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Vary", "Accept-Encoding")
		body := a.plain
		if a.packed != nil && gzips(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			body = a.packed
		}
		if r.Method != http.MethodHead {
			_, _ = w.Write(body) // whoever went away needs no answer
		}
	})
}

// gzips reports whether an Accept-Encoding header takes gzip (RFC 9110, 12.5.3).
func gzips(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		coding, weight, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(part, " ", "")), ";")
		if coding == "gzip" && weight != "q=0" && weight != "q=0.0" && weight != "q=0.00" && weight != "q=0.000" {
			return true
		}
	}
	return false
}
