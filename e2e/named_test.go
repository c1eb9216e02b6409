package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

func TestEveryStoryThatAVerbNamesIsTold(t *testing.T) {
	files, err := filepath.Glob("../desk/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no verbs", err)
	}
	named := regexp.MustCompile(`[a-z_]+\.txtar`)
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, story := range named.FindAllString(string(source), -1) {
			if _, err := os.Stat("testdata/stories/" + story); err != nil {
				t.Errorf("%s names %s, which nobody tells", filepath.Base(file), story)
			}
		}
	}
}
