package page_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"amend/internal/page"
)

// drawn writes spans with their marks: "[138] **** [8]000".
func drawn(spans []page.Span) string {
	var b strings.Builder
	for _, s := range spans {
		if s.Mark {
			b.WriteString("[" + s.Text + "]")
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestDifferenceIsMarkedInPiecesThatAReaderWouldName(t *testing.T) {
	for _, c := range []struct{ was, now, a, b string }{
		{"138 **** 8000", "139 **** 9000", "[138] **** [8]000", "[139] **** [9]000"},
		{"13800138000", "13800139000", "1380013[8]000", "1380013[9]000"},
		{"138 **** 8000", "139 1234 9000", "[138] **** [8]000", "[139] 1234 [9]000"}, // a mask hides whether it differs
		{"zhang.min@163.com", "zhang.min@126.com", "zhang.min@[163].com", "zhang.min@[126].com"},
		{"张江路 88 弄 3 号楼 1202 室", "张江路 188 弄 16 号楼 502 室", "张江路 [88] 弄 [3] 号楼 [1202] 室", "张江路 [188] 弄 [16] 号楼 [502] 室"},
		{"王老师", "王医生", "王[老师]", "王[医生]"},
		{"北京市海淀区", "北京市朝阳区", "北京市[海淀]区", "北京市[朝阳]区"},
		{"张江高科路", "李江低科街", "[张江高科路]", "[李江低科街]"}, // 江 and 科 stayed, but alone between others
		{"12 High Street", "14 High Street", "[12] High Street", "[14] High Street"},
		{"same", "same", "same", "same"},
		{"", "new", "", "[new]"},
		{"gone", "", "[gone]", ""},
	} {
		a, b := page.Differ(c.was, c.now)
		if drawn(a) != c.a || drawn(b) != c.b {
			t.Errorf("%s → %s: got %s → %s, want %s → %s", c.was, c.now, drawn(a), drawn(b), c.a, c.b)
		}
	}
}

func TestSpansAlwaysGiveBackTheValue(t *testing.T) {
	text := rapid.StringOf(rapid.RuneFrom([]rune("aZ09 *.@-上海市王芳老师é\u0301\u200d😀")))
	rapid.Check(t, func(t *rapid.T) {
		was, now := text.Draw(t, "was"), text.Draw(t, "now")
		a, b := page.Differ(was, now)
		if joined(a) != was || joined(b) != now {
			t.Fatalf("%q → %q came back as %q → %q", was, now, joined(a), joined(b))
		}
		if was == now && (len(a) > 1 || len(a) == 1 && a[0].Mark) {
			t.Fatalf("%q differs from itself: %v", was, a)
		}
		for i, s := range a {
			if s.Text == "" || i > 0 && a[i-1].Mark == s.Mark {
				t.Fatalf("pieces that belong together stand apart: %v", a)
			}
		}
	})
}

func TestAValueOfAnyLengthIsComparedInBoundedWork(t *testing.T) {
	a, b := page.Differ(strings.Repeat("上", 4000), strings.Repeat("下", 4000))
	if len(a) != 1 || len(b) != 1 || !a[0].Mark {
		t.Error("values too long to compare do not differ as a whole")
	}
}

func joined(spans []page.Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}
