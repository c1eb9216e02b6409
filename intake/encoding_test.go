package intake

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	koreanText "golang.org/x/text/encoding/korean"
	"pgregory.net/rapid"

	"amend/fault"
)

// encoded writes text as a file in e, without a mark.
func encoded(t interface{ Fatal(...any) }, e Encoding, text string) []byte {
	out, err := e.codec().NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// every is every encoding that a table of Chinese names can be in.
var every = []Encoding{UTF8, GB18030, UTF16LE, UTF16BE}

const list = "姓名,手机,地址\r\n张三,13800138000,\"广东省深圳市,南山区\"\r\n㼆𠮷䶮,13900139000,\"第一行\r\n第二行\"\r\n"

func TestAListIsTheSameInEveryEncoding(t *testing.T) {
	for _, e := range every {
		for _, mark := range []string{"", e.mark()} {
			tab, err := NewReader(strings.NewReader(mark+string(encoded(t, e, list))), Options{})
			if err != nil {
				t.Errorf("%s with mark %x: %v", e, mark, err)
				continue
			}
			rows, faults := rest(t, tab)
			if tab.Form() != (Form{Encoding: e, Delimiter: ','}) || !slices.Equal(tab.Header(), []string{"姓名", "手机", "地址"}) || len(faults) > 0 || len(rows) != 2 {
				t.Errorf("%s with mark %x: %v, header %q, rows %+v, faults %v", e, mark, tab.Form(), tab.Header(), rows, faults)
				continue
			}
			if rows[0].Cells[2] != "广东省深圳市,南山区" || rows[1].Cells[0] != "㼆𠮷䶮" || rows[1].Line != 3 || rows[1].Cells[2] != "第一行\r\n第二行" {
				t.Errorf("%s with mark %x: %+v", e, mark, rows)
			}
		}
	}
}

func TestWhatIsWrittenInAnEncodingIsReadFromIt(t *testing.T) {
	cell := rapid.OneOf(
		rapid.StringMatching(`[a-z0-9 @.,;"\n]{0,8}`),
		rapid.StringOfN(rapid.RuneFrom([]rune("王小芳女男䶮㼆𠮷ー·，。（）é€Ж🀄")), 0, 6, -1),
	)
	rapid.Check(t, func(t *rapid.T) {
		e := rapid.SampledFrom(every).Draw(t, "encoding")
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 3, 3), 0, 8).Draw(t, "rows")
		var b strings.Builder
		if err := csv.NewWriter(&b).WriteAll(append([][]string{{"姓名", "电话", "备注"}}, rows...)); err != nil {
			t.Fatal(err)
		}
		tab, err := NewReader(bytes.NewReader(encoded(t, e, b.String())), Options{Encoding: e})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range rows {
			if blank(want) {
				continue
			}
			got, wrong, err := tab.Next()
			if err != nil || wrong != nil || !slices.Equal(got.Cells, want) {
				t.Fatalf("%s: got %q, want %q, %v, %v", e, got.Cells, want, wrong, err)
			}
		}
	})
}

func TestABrokenCharacterSpoilsItsOwnRowOnly(t *testing.T) {
	const text = "姓名,手机\n张三,1\n@@@,2\n李四,3\n"
	broken := map[Encoding]string{
		UTF8:    "\xe7\x8e", // a character cut short, with the comma behind it
		GB18030: "\xcd",     // half a character; what follows could be its other half
		UTF16LE: "\x3d\xd8", // half of a pair
		UTF16BE: "\xd8\x3d", //
	}
	for e, half := range broken {
		file := bytes.Replace(encoded(t, e, text), encoded(t, e, "@@@"), []byte(half), 1)
		tab, err := NewReader(bytes.NewReader(file), Options{Encoding: e})
		if err != nil {
			t.Fatal(e, err)
		}
		rows, faults := rest(t, tab)
		if len(rows) != 2 || rows[0].Cells[0] != "张三" || rows[1].Cells[0] != "李四" || rows[1].Line != 4 || faults[3] != "row_encoding" || len(faults) != 1 {
			t.Errorf("%s: rows %+v, faults %v", e, rows, faults)
		}
	}
}

func TestAFaultOfEncodingNamesItAndShowsNoText(t *testing.T) {
	tab, err := NewReader(strings.NewReader("name\n王\xff\n"), Options{Encoding: UTF8})
	if err != nil {
		t.Fatal(err)
	}
	row, wrong, err := tab.Next()
	if err != nil || wrong.Code != "row_encoding" || wrong.Params["encoding"] != "UTF-8" || wrong.Params["line"] != "2" || strings.Contains(wrong.Error(), "王") {
		t.Fatalf("%v, %v", wrong, err)
	}
	if row.Cells[0] != "王\uFFFD" {
		t.Errorf("the error file gets %q", row.Cells[0])
	}
}

// What the bytes can't tell is refused, rather than read as other people's names.
func TestTextThatCouldBeAnythingMustBeNamed(t *testing.T) {
	western := encoded(t, Windows1252, "Name;City\r\nMüller;Köln\r\nJosé;Málaga\r\nÅse;Tromsø\r\n")
	korean, err := koreanText.EUCKR.NewEncoder().Bytes([]byte("이름,전화,주소\n홍길동,1,서울특별시 강남구\n김철수,2,부산광역시 해운대구\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{
		"western":     western,
		"three lines": []byte("name\n\xe9t\xe9\nM\xfcller\nM\xfcnchen\n"),
		"cyrillic":    []byte("\xc8\xe2\xe0\xed,\xcc\xee\xf1\xea\xe2\xe0\n"),
		"japanese":    []byte("\x96\xbc\x91\x4f,\x93\x64\x98\x62\n\x8e\x52\x93\x63\x81\x40\x91\xbe\x98\x59,1\n"),
		"korean":      korean,
		"noise":       []byte("a,b\n\xff\xfe,\xfd\n"),
		"half GBK":    []byte("name\n王小芳张三李四\n" + string(encoded(t, GB18030, "王小芳张三李四王小芳张三李四")) + "\n" + string(encoded(t, GB18030, "赵钱孙李周吴郑王")) + "\xff\n"),
	} {
		if _, err := NewReader(bytes.NewReader(file), Options{}); fault.CodeOf(err) != "encoding_unknown" {
			t.Errorf("%s: %v", name, err)
		}
	}
	tab, err := NewReader(bytes.NewReader(western), Options{Encoding: Windows1252})
	if err != nil {
		t.Fatal(err)
	}
	rows, faults := rest(t, tab)
	if len(rows) != 3 || rows[0].Cells[0] != "Müller" || rows[2].Cells[1] != "Tromsø" || len(faults) > 0 {
		t.Fatalf("rows %+v, faults %v", rows, faults)
	}
}

func TestEncodingIsRecognisedFromItsBytes(t *testing.T) {
	women := strings.Repeat("Li Na,女\n", 40) // 女 in GBK has the shape of a character in UTF-8
	for _, c := range []struct {
		name string
		file []byte
		want Encoding
	}{
		{"nothing but ASCII", []byte("name,phone\nAda,1\n"), UTF8},
		{"Western names in UTF-8", []byte("name\nMüller\nJosé\n"), UTF8},
		{"a few broken rows", []byte("name\nMüller\nJosé\nÅse\nKöln\n\xff\n"), UTF8},
		{"GBK that looks like UTF-8 here and there", encoded(t, GB18030, "name,gender\nWang Fang,男\n"+women[:40]), GB18030},
		{"GBK under a Chinese header", encoded(t, GB18030, "姓名,性别\n"+women), GB18030},
		{"rare names in GB18030", encoded(t, GB18030, "姓名\n㼆𠮷\n"), GB18030},
		{"UTF-16 in capitals", encoded(t, UTF16LE, "NAME\nADA\n"), UTF16LE},
		{"UTF-16 all in Chinese", encoded(t, UTF16BE, "姓名,手机\n丁一,\n"), UTF16BE},
		{"a zero byte in some row", []byte("a,b\n1,2\x00\n3,4\n"), UTF8},
		{"one line without an end", []byte("姓名"), UTF8},
	} {
		if got := recognise(c.file, true); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestASampleThatCutsACharacterIsRecognised(t *testing.T) {
	for _, e := range every {
		file := encoded(t, e, "姓名,地址\n"+strings.Repeat("张三,广东省深圳市\n", 20))
		for n := 100; n < 140; n++ {
			if got := recognise(file[:n], false); got != e {
				t.Errorf("%s cut at %d: %q", e, n, got)
			}
		}
	}
}

// A list may begin with many rows of names in Latin letters.
func TestAFileIsRecognisedByItsFirstRowThatIsNotASCII(t *testing.T) {
	head := "name,phone\n" + strings.Repeat("Ada Lovelace,13800138000\n", 6000)
	for _, e := range []Encoding{UTF8, GB18030} {
		file := append([]byte(head), encoded(t, e, "张三,13900139000\n")...)
		tab, err := Open(bytes.NewReader(file), int64(len(file)), Options{})
		if err != nil {
			t.Fatal(err)
		}
		rows, faults := rest(t, tab)
		if tab.Form().Encoding != e || len(rows) != 6001 || rows[6000].Cells[0] != "张三" || rows[6000].Line != 6002 || len(faults) > 0 {
			t.Errorf("%s: %v, %d rows, faults %v", e, tab.Form(), len(rows), faults)
		}
	}
	for _, text := range []string{"", head} {
		tab, err := Open(strings.NewReader(text), int64(len(text)), Options{})
		if (text == "") != (fault.CodeOf(err) == "file_empty") || err == nil && tab.Form().Encoding != UTF8 {
			t.Errorf("%d bytes: %v", len(text), err)
		}
	}
}

// torn is a disk that fails.
type torn struct{ err error }

func (d torn) ReadAt([]byte, int64) (int, error) { return 0, d.err }

func TestADiskThatFailsIsNoEncoding(t *testing.T) {
	broken := errors.New("disk gone")
	if _, err := Open(torn{broken}, 10, Options{}); !errors.Is(err, broken) {
		t.Errorf("recognising: %v", err)
	}
	if _, err := Open(torn{broken}, 10, Options{Encoding: UTF8}); !errors.Is(err, broken) {
		t.Errorf("named: %v", err)
	}
}

func TestAnEncodingIsKnownByTheNamesThatPeopleUse(t *testing.T) {
	for name, want := range map[string]Encoding{
		"utf-8": UTF8, "UTF8": UTF8, "gbk": GB18030, "GB 18030": GB18030, "gb2312": GB18030, "utf-16le": UTF16LE, "UTF_16BE": UTF16BE,
		"latin1": Windows1252, "ISO-8859-1": Windows1252, "windows-1252": Windows1252,
	} {
		if got, err := ParseEncoding(name); got != want || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if got, err := ParseEncoding(string(want)); got != want || err != nil {
			t.Errorf("%s by its own name: %q, %v", want, got, err)
		}
	}
	for _, name := range []string{"", "big5", "utf-7", "utf-16"} {
		if _, err := ParseEncoding(name); fault.CodeOf(err) != "encoding_name" {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// A cell that fits as its bytes may be too long as UTF-8.
func TestLimitOfACellHoldsForWhatItDecodesTo(t *testing.T) {
	text := "备注\n" + strings.Repeat("长", maxCell/3) + "\n" + strings.Repeat("长", maxCell/3+1) + "\n短\n"
	tab, err := NewReader(bytes.NewReader(encoded(t, GB18030, text)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, faults := rest(t, tab)
	if len(rows) != 2 || faults[3] != "cell_too_long" || rows[1].Cells[0] != "短" {
		t.Fatalf("%d rows, faults %v", len(rows), faults)
	}
}

// FuzzRecognise checks that whatever a file is recognised as, its header is read or refused
// as a fault, and that what is recognised again in its own UTF-8 stays what it was.
func FuzzRecognise(f *testing.F) {
	for _, e := range every {
		f.Add(encoded(f, e, list))
		f.Add(append([]byte(e.mark()), encoded(f, e, list)...))
	}
	f.Add([]byte("a,b\n1,\x002\n"))
	f.Add([]byte("Name;City\r\nM\xfcller;K\xf6ln\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		e := recognise(data, true)
		tab, err := NewReader(bytes.NewReader(data), Options{})
		switch {
		case err != nil && fault.CodeOf(err) == "":
			t.Fatalf("not a fault: %v", err)
		case e == "" && fault.CodeOf(err) != "encoding_unknown":
			t.Fatalf("nothing was recognised, but: %v", err)
		case err == nil && tab.Form().Encoding != e:
			t.Fatalf("read as %s, recognised as %s", tab.Form().Encoding, e)
		}
		if text, err := e.codec().NewDecoder().Bytes(data); err == nil && e != "" && !bytes.ContainsRune(text, '\uFFFD') && bytes.IndexByte(text, 0) < 0 {
			if again := recognise(text, true); again != UTF8 {
				t.Fatalf("%s, decoded, is recognised as %q", e, again)
			}
		}
	})
}

// FuzzEncodings checks that any bytes, read in any encoding, give cells that are UTF-8 and
// within the limits, and lines that only go forward.
func FuzzEncodings(f *testing.F) {
	all := append(slices.Clone(every), Windows1252)
	for i, e := range every {
		f.Add(uint8(i), encoded(f, e, list))
	}
	f.Add(uint8(4), []byte("Name;City\r\nM\xfcller;K\xf6ln\r\n"))
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		tab, err := NewReader(bytes.NewReader(data), Options{Encoding: all[int(which)%len(all)]})
		if err != nil {
			if fault.CodeOf(err) == "" {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		for line := 0; ; {
			row, wrong, err := tab.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil || row.Line <= line {
				t.Fatalf("line %d behind line %d, %v", row.Line, line, err)
			}
			line = row.Line
			for _, c := range row.Cells {
				if wrong == nil && (len(c) > maxCell || strings.ToValidUTF8(c, "") != c) {
					t.Fatalf("a cell of %d bytes: %q", len(c), c)
				}
			}
		}
	})
}
