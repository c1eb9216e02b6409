package workbook

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

const dtd = `<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>`

// Each is a workbook that somebody made to hurt, or that came damaged. All are refused by a
// fault, whatever part of it is odd.
func TestOddWorkbooksAreRefusedByName(t *testing.T) {
	for name, c := range map[string]struct {
		others map[string]string
		code   string
	}{
		"an entity in the sheet":      {map[string]string{"xl/worksheets/sheet1.xml": dtd + rows(`<row><c t="inlineStr"><is><t>&x;</t></is></c></row>`)}, "workbook_unsafe"},
		"an entity in the texts":      {map[string]string{"xl/sharedStrings.xml": dtd + `<sst><si><t>&x;</t></si></sst>`}, "workbook_unsafe"},
		"an entity in the styles":     {map[string]string{"xl/styles.xml": dtd + `<styleSheet/>`}, "workbook_unsafe"},
		"an entity in the workbook":   {map[string]string{"xl/workbook.xml": dtd + bookText}, "workbook_unsafe"},
		"an entity in the links":      {map[string]string{"_rels/.rels": dtd + rootLinks}, "workbook_unsafe"},
		"an entity nobody declared":   {map[string]string{"xl/worksheets/sheet1.xml": rows(`<row><c><v>&x;</v></c></row>`)}, "workbook_broken"},
		"values of other files":       {map[string]string{"xl/workbook.xml": `<workbook><sheets><sheet name="A" r:id="r1"/></sheets><externalReferences><externalReference r:id="r9"/></externalReferences></workbook>`}, "workbook_links"},
		"a sheet that lies elsewhere": {map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="http://x/worksheet" TargetMode="External" Target="http://169.254.169.254/sheet1.xml"/></Relationships>`}, "sheet_none"},
		"a sheet above the archive":   {map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="../../../../etc/passwd"/></Relationships>`}, "file_kind"},
		"no sheet at all":             {map[string]string{"xl/workbook.xml": `<workbook/>`}, "sheet_none"},
		"no sheet that is shown":      {map[string]string{"xl/workbook.xml": `<workbook><sheets><sheet name="A" state="veryHidden" r:id="r1"/></sheets></workbook>`}, "sheet_none"},
		"a binary workbook":           {map[string]string{"_rels/.rels": strings.Replace(rootLinks, "workbook.xml", "workbook.bin", 1)}, "workbook_legacy"},
		"no workbook":                 {map[string]string{"_rels/.rels": `<Relationships/>`}, "file_kind"},
		"a sheet that is cut":         {map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c><v>1</v></c></row>`}, "workbook_broken"},
		"a row that is cut":           {map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c><v>1`}, "workbook_broken"},
		"a sheet without rows":        {map[string]string{"xl/worksheets/sheet1.xml": `<worksheet/>`}, "workbook_broken"},
		"a text that is cut":          {map[string]string{"xl/sharedStrings.xml": `<sst><si><t>na`}, "workbook_broken"},
		"not XML":                     {map[string]string{"xl/worksheets/sheet1.xml": "\x00\x01"}, "workbook_broken"},
		"another encoding":            {map[string]string{"xl/worksheets/sheet1.xml": `<?xml version="1.0" encoding="UTF-7"?>` + rows("")}, "workbook_broken"},
		"a text that isn't there":     {map[string]string{"xl/worksheets/sheet1.xml": rows(`<row><c t="s"><v>1</v></c></row>`)}, "workbook_broken"},
		"a text of no number":         {map[string]string{"xl/worksheets/sheet1.xml": rows(`<row><c t="s"><v>-1</v></c></row>`)}, "workbook_broken"},
		"a row twice":                 {map[string]string{"xl/worksheets/sheet1.xml": rows(`<row r="2"/><row r="2"/>`)}, "workbook_broken"},
		"rows backwards":              {map[string]string{"xl/worksheets/sheet1.xml": rows(`<row r="2"/><row r="1"/>`)}, "workbook_broken"},
		"a row beyond the last":       {map[string]string{"xl/worksheets/sheet1.xml": rows(`<row r="1048577"/>`)}, "workbook_broken"},
		"a row of no number":          {map[string]string{"xl/worksheets/sheet1.xml": rows(`<row r="x"/>`)}, "workbook_broken"},
		"a cell twice":                {map[string]string{"xl/worksheets/sheet1.xml": rows(`<row><c r="A1"/><c r="A1"/></row>`)}, "workbook_broken"},
		"a cell beyond the last":      {map[string]string{"xl/worksheets/sheet1.xml": rows(`<row><c r="XFE1"/></row>`)}, "workbook_broken"},
		"a cell of a wild name":       {map[string]string{"xl/worksheets/sheet1.xml": rows(`<row><c r="ÄÖ1"/></row>`)}, "workbook_broken"},
		"a cell far beyond the last":  {map[string]string{"xl/worksheets/sheet1.xml": rows(`<row><c r="AAAAAAAAAAAAAAAA1"/></row>`)}, "workbook_broken"},
		"an old name of a part":       {map[string]string{"XL/WorkSheets/Sheet1.xml": rows("")}, "workbook_unsafe"}, // and the new one beside it
	} {
		if got := refusal(t, zipped(t, parts(c.others))); got != c.code {
			t.Errorf("%s: %q, want %q", name, got, c.code)
		}
	}
}

// Millions of anything cost time in proportion to the file, and no memory.
func TestWorkbooksThatUnpackToMillionsStayWithinMemory(t *testing.T) {
	const most = 2 << 20
	for name, c := range map[string]struct {
		others map[string]string
		code   string
	}{
		"columns":       {map[string]string{"xl/worksheets/sheet1.xml": rows(`<row>` + strings.Repeat(`<c><v>1</v></c>`, 1_000_000) + `</row>`)}, "workbook_broken"},
		"empty columns": {map[string]string{"xl/worksheets/sheet1.xml": rows(strings.Repeat(`<row>`+strings.Repeat(`<c s="1"/>`, 16_000)+`</row>`, 60))}, ""},
		"rows":          {map[string]string{"xl/worksheets/sheet1.xml": rows(strings.Repeat(`<row><c><v>1</v></c></row>`, 300_000))}, ""},
		"depth":         {map[string]string{"xl/worksheets/sheet1.xml": rows(strings.Repeat(`<a>`, 2_000_000))}, ""},
		"one text":      {map[string]string{"xl/worksheets/sheet1.xml": rows(`<row><c t="inlineStr"><is><t>` + strings.Repeat("x", 40<<20))}, "workbook_unsafe"},
		"one attribute": {map[string]string{"xl/worksheets/sheet1.xml": rows(`<row a="` + strings.Repeat("x", 40<<20))}, "workbook_unsafe"},
		"attributes":    {map[string]string{"xl/worksheets/sheet1.xml": rows(`<row ` + strings.Repeat(`a="" `, 4_000_000))}, "workbook_unsafe"},
		"a comment":     {map[string]string{"xl/worksheets/sheet1.xml": rows(`<!--` + strings.Repeat("x", 40<<20))}, "workbook_unsafe"},
		"runs":          {map[string]string{"xl/sharedStrings.xml": `<sst><si>` + strings.Repeat(`<r><t>x</t></r>`, 1_000_000) + `</si></sst>`}, ""},
		"links":         {map[string]string{"_rels/.rels": strings.Repeat(" ", 17<<20) + rootLinks}, "workbook_too_large"},
	} {
		packed := repacked(t, parts(c.others))
		if grown, code := heap(t, packed); code != c.code || grown > most {
			t.Errorf("%s: %q, want %q; the heap grows by %d MiB", name, code, c.code, grown>>20)
		}
	}
}

// repacked is zipped without compression: its ratio is that of a real file.
func repacked(t *testing.T, parts map[string]string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.NoCompression) })
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

func TestSharedTextsBeyondMemoryAreRefusedWithARemedy(t *testing.T) {
	var texts strings.Builder
	for i := range 1_200_000 {
		fmt.Fprintf(&texts, `<si><t>%060d</t></si>`, i)
	}
	file := zipped(t, parts(map[string]string{"xl/sharedStrings.xml": `<sst>` + texts.String() + `</sst>`}))
	if grown, code := heap(t, file); code != "workbook_too_large" || grown > 70<<20 {
		t.Errorf("%q; the heap grows by %d MiB", code, grown>>20)
	}
}

func TestBombsAreRefusedBeforeTheyAreUnpacked(t *testing.T) {
	bomb := zipped(t, parts(map[string]string{"xl/worksheets/sheet1.xml": rows(strings.Repeat(" ", 100<<20))}))
	if grown, code := heap(t, bomb); code != "workbook_unsafe" || grown > 2<<20 {
		t.Errorf("a sheet of 100 MiB in %d bytes: %q, %d MiB", len(bomb), code, grown>>20)
	}
	many := map[string]string{}
	for i := range maxParts + 1 {
		many[fmt.Sprint("xl/media/", i)] = ""
	}
	if got := refusal(t, zipped(t, parts(many))); got != "workbook_unsafe" {
		t.Errorf("%d parts: %q", len(many), got)
	}
	for i := range 60_000 {
		many[fmt.Sprint("xl/media/", i)] = ""
	}
	crowd := zipped(t, many)
	if grown, code := heap(t, crowd); code != "workbook_unsafe" || grown > 16<<20 {
		t.Errorf("%d parts: %q, %d MiB", len(many), code, grown>>20)
	}
	if _, err := Open(torn{}, maxFile+1, limits); err == nil || err.Error() != "workbook_too_large" {
		t.Errorf("a file too large: %v", err)
	}
}

// lying is a workbook whose directory declares another size of the sheet than it has.
func lying(t *testing.T, declared uint64) []byte {
	var b, packed bytes.Buffer
	text := []byte(rows(`<row><c><v>1</v></c></row>`))
	f, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.Write(text)
	_ = f.Close()
	z := zip.NewWriter(&b)
	for name, part := range parts(nil) {
		if name == "xl/worksheets/sheet1.xml" {
			continue
		}
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, part)
	}
	w, err := z.CreateRaw(&zip.FileHeader{Name: "xl/worksheets/sheet1.xml", Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(text), CompressedSize64: uint64(packed.Len()), UncompressedSize64: declared})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(packed.Bytes())
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestADirectoryThatLiesIsFoundBeforeARowIsTaken(t *testing.T) {
	size := uint64(len(rows(`<row><c><v>1</v></c></row>`)))
	for declared, code := range map[uint64]string{size: "", size - 1: "workbook_broken", size + 1: "workbook_broken", 0: "workbook_broken", maxSheet + 1: "workbook_too_large", 1 << 30: "workbook_unsafe"} {
		file := lying(t, declared)
		if _, err := Open(bytes.NewReader(file), int64(len(file)), limits); code != "" && err == nil {
			t.Errorf("%d bytes are believed", declared)
		}
		if got := refusal(t, file); got != code {
			t.Errorf("%d bytes: %q, want %q", declared, got, code)
		}
	}
}

func TestAFileThatCameDamagedIsRefusedWhole(t *testing.T) {
	good := made(t, func(f *excelize.File) { set(t, f, map[string]any{"A1": "name", "A2": "王小芳"}) })
	for _, cut := range []int{1, 100, len(good) / 2, len(good) - 1} {
		if got := refusal(t, good[:cut]); got != "workbook_broken" {
			t.Errorf("cut at %d of %d: %q", cut, len(good), got)
		}
	}
	half := zipped(t, parts(map[string]string{"xl/worksheets/sheet1.xml": rows(strings.Repeat(`<row><c><v>1</v></c></row>`, 1000))[:20_000]}))
	if _, err := Open(bytes.NewReader(half), int64(len(half)), limits); err == nil {
		t.Error("half a sheet is found out only behind its rows")
	}
	z, err := zip.NewReader(bytes.NewReader(good), int64(len(good)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if f.Name == "xl/worksheets/sheet1.xml" {
			at, err := f.DataOffset()
			if err != nil {
				t.Fatal(err)
			}
			bad := bytes.Clone(good)
			bad[at+int64(f.CompressedSize64)/2] ^= 0x55
			if got := refusal(t, bad); got != "workbook_broken" {
				t.Errorf("a bit turned in the sheet: %q", got)
			}
		}
	}
}

func TestPasswordsAndOldFormatsAreRefusedByName(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	var b bytes.Buffer
	if err := f.Write(&b, excelize.Options{Password: "secret"}); err != nil {
		t.Fatal(err)
	}
	if err := Refuse(bytes.NewReader(b.Bytes())); err.Error() != "workbook_protected" {
		t.Errorf("under a password: %v", err)
	}
	old := make([]byte, 2048)
	copy(old, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	binary.LittleEndian.PutUint16(old[30:], 9)
	copy(old[512:], "R\x00o\x00o\x00t\x00")
	copy(old[640:], "W\x00o\x00r\x00k\x00b\x00o\x00o\x00k\x00")
	if err := Refuse(bytes.NewReader(old)); err.Error() != "workbook_legacy" {
		t.Errorf("before 2007: %v", err)
	}
	if err := Refuse(bytes.NewReader(old[:100])); err.Error() != "workbook_broken" {
		t.Errorf("cut: %v", err)
	}
}

// torn is a disk that fails.
type torn struct{}

var errTorn = errors.New("disk gone")

func (torn) ReadAt([]byte, int64) (int, error) { return 0, errTorn }

// failing is a file whose disk fails behind some reads.
type failing struct {
	from io.ReaderAt
	left int
}

func (f *failing) ReadAt(p []byte, off int64) (int, error) {
	if f.left--; f.left < 0 {
		return 0, errTorn
	}
	return f.from.ReadAt(p, off)
}

func TestADiskThatFailsIsNoDamagedWorkbook(t *testing.T) {
	file := made(t, func(f *excelize.File) { set(t, f, map[string]any{"A1": "name", "A2": "王小芳"}) })
	for reads := 0; ; reads++ {
		_, _, err := read(&failing{bytes.NewReader(file), reads}, len(file), limits)
		if err == nil {
			if reads < 5 {
				t.Errorf("only %d reads", reads)
			}
			return
		}
		if !errors.Is(err, errTorn) {
			t.Fatalf("after %d reads: %v", reads, err)
		}
	}
}
