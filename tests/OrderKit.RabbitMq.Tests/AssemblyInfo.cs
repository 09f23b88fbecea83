// Some tests take the broker down that the others use.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
