package storetest

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// clusterScript is also what scripts/with-postgres runs.
//
//go:embed cluster.sh
var clusterScript string

// A server is a PostgreSQL to make databases in.
type server struct {
	url  string
	hold io.Closer // while it is open and reachable, a server of our own lives
}

// cluster answers the server that this test process uses: the one of AMEND_TEST_POSTGRES,
// or one that is started now and ends with the process.
var cluster = sync.OnceValues(func() (server, error) {
	if url := os.Getenv("AMEND_TEST_POSTGRES"); url != "" {
		return server{url: url}, nil
	}
	return startServer()
})

// startServer runs the script with a pipe as its standard input. The kernel closes the
// pipe when this process ends, killed or not, and the script then removes the server.
func startServer() (server, error) {
	var trouble strings.Builder
	script := exec.Command("sh", "-c", clusterScript)
	script.Stderr = &trouble
	hold, err := script.StdinPipe()
	if err != nil {
		return server{}, err
	}
	out, err := script.StdoutPipe()
	if err != nil {
		return server{}, err
	}
	if err := script.Start(); err != nil {
		return server{}, err
	}
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return server{}, fmt.Errorf("start PostgreSQL: %w", errors.Join(script.Wait(), errors.New(trouble.String())))
	}
	return server{strings.TrimSpace(url), hold}, nil
}
