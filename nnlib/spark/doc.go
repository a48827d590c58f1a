// Package spark speaks with Spark ML's MultilayerPerceptronClassifier: its
// weights to start from and its objective.
//
// The flat weight vector of nnlib.Perceptron is Spark's own, so weights need no
// translation. nnlib.GradientDescent{Rate: 0.03, Tolerance: 1e-6} is Spark's
// solver "gd", nnlib.LBFGS{} its "l-bfgs".
package spark
