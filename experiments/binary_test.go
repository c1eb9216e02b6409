package experiments

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
)

// binary answers the path of the real program, compiled once for this test process.
func binary(t testing.TB) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var built = sync.OnceValues(func() (string, error) {
	path := filepath.Join(binaryFolder(), "amend")
	if err := os.Mkdir(binaryFolder(), 0o700); err != nil {
		return "", err
	}
	if out, err := exec.Command("go", "build", "-o", path, "amend/cmd/amend").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return path, nil
})

// binaryFolder is removed by TestMain, because no single test may take it from the others.
func binaryFolder() string {
	return filepath.Join(os.TempDir(), "amend-experiments-"+strconv.Itoa(os.Getpid()))
}
