// Package year plays a generated year of one centre through edge/queue, and judges its promises.
//
// Every person is made up. The world knows what the estimator does not: each day has a pace of its own, people of all classes
// come in peaks, desks pause unannounced, power fails. The same arrivals and the same service times are played a second time
// through a plain first-come line. Read world.go for what is drawn, run.go for how a day is played.
package year
