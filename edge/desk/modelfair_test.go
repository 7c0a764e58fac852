package desk_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/queue"
)

