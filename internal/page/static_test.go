package page_test

import (
	"compress/gzip"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"amend/internal/page"
)

// served lists the static files by name.
func served(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, pattern := range []string{"*.css", "*.js", "*.svg"} {
		found, err := filepath.Glob("static/" + pattern)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, found...)
	}
	if len(names) < 4 {
		t.Fatalf("only %v are served", names)
	}
	return names
}

func TestEveryStaticFileIsServedForEverUnderTheHashOfItsContent(t *testing.T) {
	for _, name := range served(t) {
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		address := page.Asset(filepath.Base(name))
		for _, accept := range []string{"", "gzip", "br, gzip;q=0.5", "gzip;q=0", "identity"} {
			r := httptest.NewRequest("GET", address, nil)
			r.Header.Set("Accept-Encoding", accept)
			w := httptest.NewRecorder()
			page.Static().ServeHTTP(w, r)
			h := w.Result().Header
			if w.Code != 200 || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Vary") != "Accept-Encoding" ||
				!strings.Contains(h.Get("Cache-Control"), "immutable") || h.Get("Content-Type") == "" {
				t.Errorf("%s: %d %v", address, w.Code, h)
			}
			packed := h.Get("Content-Encoding") == "gzip"
			if packed && !(accept == "gzip" || strings.HasPrefix(accept, "br")) {
				t.Errorf("%s: packed for a reader who accepts %q", address, accept)
			}
			if got := unpacked(t, w.Body, packed); got != string(want) {
				t.Errorf("%s: not what the file holds", address)
			}
		}
	}
}

func unpacked(t *testing.T, body io.Reader, packed bool) string {
	t.Helper()
	if packed {
		z, err := gzip.NewReader(body)
		if err != nil {
			t.Fatal(err)
		}
		body = z
	}
	data, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestOtherAddressesBelowStaticAreNotFound(t *testing.T) {
	for _, address := range []string{
		"/static/amend.css", "/static/amend.000000000000.css", "/static/", "/static/../page.go", "/static/htmx.LICENSE", page.Asset("no.css"),
	} {
		w := httptest.NewRecorder()
		page.Static().ServeHTTP(w, httptest.NewRequest("GET", address, nil))
		if w.Code != 404 {
			t.Errorf("%s: %d", address, w.Code)
		}
	}
}

func TestOwnScriptsAreShortAndEvaluateNothing(t *testing.T) {
	lines := 0 // of code, in all of them
	for _, name := range []string{"amend.js", "proof.js"} {
		data, err := os.ReadFile("static/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			if code := strings.TrimSpace(line); code != "" && !strings.HasPrefix(code, "//") {
				lines++
			}
		}
		for _, never := range []string{"eval(", "new Function", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", ".style"} {
			if strings.Contains(string(data), never) {
				t.Errorf("%s uses %s", name, never)
			}
		}
	}
	if lines >= 300 {
		t.Errorf("our own scripts have %d lines of code", lines)
	}
}
