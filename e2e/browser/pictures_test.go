package browser

import (
	"bytes"
	"fmt"
	"html"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"amend/internal/lang"
)

// TestEveryPageHasItsPicture takes pictures of pages, of a few by itself, and with -shots of
// every page in every language, theme and width, with a page that lists them.
func TestEveryPageHasItsPicture(t *testing.T) {
	folder := *shots
	if folder == "" {
		folder = t.TempDir()
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	h := fullHouse(t)
	var index strings.Builder
	for _, l := range lang.Langs() {
		all := pages(h.everywhere(t, l))
		if *shots == "" {
			all = all[:2]
		}
		tabs := map[string]*tab{}
		for _, p := range all {
			w := tabs[p.who]
			if w == nil {
				w = h.opens(t, reader{lang: l, width: 1440})
				w.Enters(p.who)
				tabs[p.who] = w
			}
			w.Goes(p.path)
			fmt.Fprintf(&index, "<h2>%s · %s · %s</h2>\n", html.EscapeString(shape(p.path)), p.who, l)
			w.album(folder, p, &index)
		}
	}
	page := "<!doctype html><meta charset=utf-8><title>Amend, every page</title><style>img{max-height:420px;max-width:32%;border:1px solid #999;margin:4px}</style>\n" + index.String()
	if err := os.WriteFile(filepath.Join(folder, "index.html"), []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
}

// album takes the page in every theme and width.
func (t *tab) album(folder string, p place, index *strings.Builder) {
	t.Helper()
	for _, dark := range []bool{false, true} {
		t.Theme(dark)
		for _, width := range []int{360, 1024, 1440} {
			t.Resizes(width)
			name := pictureName(p, t.reader) + ".png"
			picture := t.Picture()
			if image, err := png.DecodeConfig(bytes.NewReader(picture)); err != nil || image.Width < width {
				t.Errorf("%s: not a picture of %d px: %v", p.path, width, err)
			}
			if err := os.WriteFile(filepath.Join(folder, name), picture, 0o644); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(index, "<a href=%q><img loading=lazy src=%q alt=%q></a>\n", name, name, name)
		}
	}
	t.Theme(false)
}

// awkward is what no file's name should have.
var awkward = regexp.MustCompile(`[^a-z0-9-]+`)

// pictureName names the picture of a page: where, who, and how it was looked at.
func pictureName(p place, r reader) string {
	parts := []string{strings.Trim(awkward.ReplaceAllString(strings.ToLower(p.path), "-"), "-"), p.who, r.String()}
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	if parts[0] = clip(parts[0], 90); strings.HasSuffix(parts[0], "…") {
		parts[0] = strings.TrimSuffix(parts[0], " …")
	}
	return strings.Join(parts, ".")
}
