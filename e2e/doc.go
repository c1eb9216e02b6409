// Package e2e tells whole lives of a change as stories, on both databases.
package e2e
