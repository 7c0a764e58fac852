package measure_test

import (
	"errors"
	"fmt"
	"time"

	"markaz.example/edge/measure"
)

// A child that will not lie still is weighed in its mother's arms.
func ExampleSession() {
	s, err := measure.NewSession(measure.Plan{Subject: measure.Infant, Weight: true, Held: true, DivisionG: 100})
	if err != nil {
		fmt.Println(err)
		return
	}
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, grams := range []int64{58_200, 58_200, 0, 58_200, 66_100, 0, 66_100} {
		at = at.Add(10 * time.Second)
		r := measure.Reading{Grams: grams, Stable: true, Scale: "B234567890", At: at}
		s.Observe(r)
		if grams == 0 {
			continue
		}
		err := s.Weigh(r)
		var problem *measure.Problem
		if errors.As(err, &problem) {
			fmt.Println(problem.Code)
		}
		fmt.Println(s.Step())
	}
	m, _ := s.Measurement()
	fmt.Println(m.Weight.Grams, "g")
	// Output:
	// mother-again
	// measure.not-lifted
	// mother-again
	// with-child
	// with-child-again
	// done
	// 7900 g
}
