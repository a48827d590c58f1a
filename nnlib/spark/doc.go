// Package spark speaks with Spark ML's MultilayerPerceptronClassifier: its
// weights to start from, its objective, and its saved models.
//
// The flat weight vector of nnlib.Perceptron is Spark's own, so weights need no
// translation. nnlib.GradientDescent{Rate: 0.03, Tolerance: 1e-6} is Spark's
// solver "gd", nnlib.LBFGS{} its "l-bfgs".
//
// A saved model is a directory with a line of JSON in metadata/ and a Parquet
// file of one vector in data/. Load and Save have been compared with the real
// Spark 4.3.0.
package spark
