package figure

import ("testing";"os";"math";"math/rand";"digitlab/nnlib")

func TestTry(t *testing.T){
 var st, ea []nnlib.Step
 r:=.1
 for i:=1;i<=100;i++{ f:=float64(i); r*=1.05; if i==85{r*=.5}
  st=append(st,nnlib.Step{Number:i,Epoch:i,EpochEnd:true,Examples:42000,Cost:.146+1.6*math.Exp(-f/9),Accuracy:.83-.7*math.Exp(-f/20),Rate:r,Validation:.15+1.6*math.Exp(-f/9.5)+.02*math.Max(0,f/100-.6)})
  if i<=80 {ea=append(ea,nnlib.Step{Number:i,Epoch:i,EpochEnd:true,Cost:.3+1.6*math.Exp(-f/20),Accuracy:.5,Rate:.3,Validation:math.NaN()})}
 }
 var big []nnlib.Step
 rng:=rand.New(rand.NewSource(1))
 for i:=1;i<=4690;i++{ f:=float64(i); n:=.3+rng.Float64()
  big=append(big,nnlib.Step{Number:i,Epoch:(i-1)/469+1,EpochEnd:i%469==0,Examples:128,Cost:n*(.05+2*math.Exp(-f/200)),Accuracy:1-.08*n*math.Exp(-f/2000),Rate:.1*(1+math.Cos(f/4690*math.Pi))/2+1e-6,Validation:math.NaN()})
 }
 write:=func(n string,c Chart){ s,err:=c.SVG(); if err!=nil{t.Fatal(err)}; os.WriteFile("/tmp/fig/"+n+".svg",[]byte(s),0644); f,_:=os.Create("/tmp/fig/"+n+".png"); c.PNG(f); f.Close()}
 a:=History{Steps:st,Earlier:ea,Unit:"half squared error per image"}; b:=History{Steps:big,Epochs:true,Unit:"nats per image"}; c:=History{Steps:st[:46],Last:100}
 write("cost",a.Cost()); write("acc",a.Accuracy()); write("rate",a.Rate())
 x:=""
 for _,h:=range []History{a,b,c}{ s,err:=h.Figures(); if err!=nil{t.Fatal(err)}; x+=s}
 os.WriteFile("/tmp/fig/all.html",[]byte("<!doctype html><meta charset=utf-8><body style='background:#fcfcfa'>"+Fragment(x)),0644)
 os.WriteFile("/tmp/fig/dark.html",[]byte("<!doctype html><meta charset=utf-8><html data-theme=dark><body style='background:#15171a'>"+Fragment(x)),0644)
}
func BenchmarkBig(b *testing.B){
 var big []nnlib.Step
 for i:=1;i<=3000;i++{ big=append(big,nnlib.Step{Number:i,Epoch:i,EpochEnd:true,Cost:1/float64(i)+math.Sin(float64(i))/100+.1,Accuracy:.5,Rate:.1,Validation:math.NaN()})}
 for b.Loop(){ History{Steps:big}.Figures() }
}
