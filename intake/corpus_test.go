package intake

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"amend/fault"
)

// opened reads a file to its end, as an import does, and answers what it took: how many rows
// could be used and not, all memory that was ever asked for, and how the file was refused.
func opened(file []byte) (good, bad int, taken uint64, code string) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	tab, err := Open(bytes.NewReader(file), int64(len(file)), Options{})
	for err == nil {
		var wrong *fault.Error
		if _, wrong, err = tab.Next(); err == nil && wrong == nil {
			good++
		} else if err == nil {
			bad++
		}
	}
	runtime.ReadMemStats(&after)
	return good, bad, after.TotalAlloc - before.TotalAlloc, fault.CodeOf(err)
}

func TestEveryFileOfTheCorpusIsReadOrRefusedByName(t *testing.T) {
	refused := map[string]string{
		"dup-headers.csv": "header_duplicate", "invalid-utf8.csv": "encoding_unknown", "csv-payload.txt": "quote_stray",
		"eicar-split.json": "file_kind", "filenames.json": "file_kind", "gif-js-polyglot.gif": "file_kind", "html-as.jpg": "file_kind", "pdf-js.pdf": "file_kind",
		"pixel-flood-50000x50000.png": "file_kind", "png-with-html-tail.png": "file_kind", "xss.svg": "file_kind", "xxe.svg": "file_kind",
	}
	seen := 0
	for _, pattern := range []string{"csv-spectrum/csvs/*", "own/csv/*", "own/files/*", "payloadbox-csv/*.txt"} {
		paths, _ := filepath.Glob("testdata/" + pattern)
		for _, path := range paths {
			file, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, _, taken, code := opened(file)
			if code != refused[filepath.Base(path)] || taken > 1<<20 {
				t.Errorf("%s: %q, want %q; %d KiB", path, code, refused[filepath.Base(path)], taken>>10)
			}
			seen++
		}
	}
	if seen < 12+17+9+1 {
		t.Errorf("only %d files", seen)
	}
}

// These are made here, because nobody should unpack them by hand.
func TestArchivesThatAreNoTableAreRefused(t *testing.T) {
	big := strings.Repeat("a,b\n", 5<<20)
	var packed bytes.Buffer
	g := gzip.NewWriter(&packed)
	_, _ = io.WriteString(g, big)
	_ = g.Close()
	many := map[string]string{}
	for i := range 10_000 {
		many[fmt.Sprint(i, ".txt")] = ""
	}
	nested := string(zipped(t, map[string]string{"a.csv": big}))
	for name, c := range map[string]struct {
		file []byte
		code string
	}{
		"a list under gzip":          {packed.Bytes(), "file_kind"},
		"a list under zip":           {[]byte(nested), "file_kind"},
		"archives in an archive":     {zipped(t, map[string]string{"0.zip": nested, "1.zip": nested}), "file_kind"},
		"ten thousand entries":       {zipped(t, many), "workbook_unsafe"},
		"entries that lie elsewhere": {zipped(t, map[string]string{"../../evil.txt": "x", "/abs.txt": "x", `C:\evil.txt`: "x"}), "file_kind"},
		"nothing":                    {zipped(t, nil), "file_kind"},
		"half an archive":            {[]byte(nested[:100]), "workbook_broken"},
		"entities in the list of types": {zipped(t, map[string]string{
			"[Content_Types].xml": `<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><Types>&x;</Types>`, "xl/workbook.xml": "<workbook/>",
		}), "file_kind"},
		"entities in the texts": {zipped(t, map[string]string{
			"_rels/.rels":                `<Relationships><Relationship Id="1" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
			"xl/workbook.xml":            `<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><workbook>&b;</workbook>`,
			"xl/_rels/workbook.xml.rels": `<Relationships/>`,
		}), "workbook_unsafe"},
	} {
		if _, _, taken, code := opened(c.file); code != c.code || taken > 4<<20 {
			t.Errorf("%s: %q, want %q; %d KiB", name, code, c.code, taken>>10)
		}
	}
}

// zipped is an archive of parts.
func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
