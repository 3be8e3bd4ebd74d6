using System.Runtime.ExceptionServices;

namespace Poa.Data.Loading;

/// <summary>
/// Fills numbered batches on threads of its own, a bounded number ahead, and hands them out strictly in order. The work
/// of a batch is divided into parts that any thread may take, so what a batch holds must depend on its number and the
/// part's number only; then the number of threads changes nothing.
/// </summary>
/// <typeparam name="TBuffer">A batch's memory. Buffers are reused: one is valid until the next call of <see cref="Next"/>.</typeparam>
/// <typeparam name="TWorkspace">Scratch memory of one thread.</typeparam>
public sealed class OrderedPrefetcher<TBuffer, TWorkspace> : IDisposable
    where TBuffer : class
    where TWorkspace : class, new()
{
    private readonly Lock producers = new();
    private readonly object gate = new();
    private readonly IBatchFiller<TBuffer, TWorkspace> filler;
    private readonly Slot[] ring;
    private readonly Thread[] threads;
    private readonly long end;
    private TWorkspace? here;
    private long nextBatch;
    private int nextPart;
    private long consumed;
    private bool handedOut;
    private bool stopped;

    /// <param name="filler">Knows what a batch consists of; called from several threads at once.</param>
    /// <param name="first">Number of the first batch to hand out.</param>
    /// <param name="count">How many batches there are; null without end.</param>
    /// <param name="threads">Loader threads; with 0 a batch is filled on the consumer's thread when it is asked for.</param>
    /// <param name="ahead">Batches being filled or waiting, besides the one handed out; at least 1. Without threads there are none.</param>
    /// <param name="name">What the threads are called in a debugger.</param>
    public OrderedPrefetcher(IBatchFiller<TBuffer, TWorkspace> filler, long first, long? count, int threads, int ahead, string name)
    {
        ArgumentNullException.ThrowIfNull(filler);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        ArgumentOutOfRangeException.ThrowIfLessThan(ahead, 1);
        this.filler = filler;
        end = count is { } batches ? first + batches : long.MaxValue;
        nextBatch = first;
        consumed = first;
        ring = new Slot[threads == 0 ? 1 : ahead + 1];
        for (var i = 0; i < ring.Length; i++)
        {
            ring[i] = new Slot(filler.CreateBuffer());
        }

        this.threads = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            this.threads[i] = new Thread(Load) { IsBackground = true, Name = $"{name} loader {i}" };
            this.threads[i].Start();
        }
    }

    /// <summary>Waits for the next batch. The buffer handed out before goes back to the loaders.</summary>
    /// <returns>The batch, or null after the last one.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled while waiting.</exception>
    /// <remarks>An error met while filling a batch is thrown here when its turn comes; every later call throws it again.</remarks>
    public TBuffer? Next(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var registration = cancellationToken.UnsafeRegister(static state => ((OrderedPrefetcher<TBuffer, TWorkspace>)state!).Wake(), this);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stopped, this);
            if (handedOut)
            {
                ring[consumed % ring.Length].Reset();
                consumed++;
                handedOut = false;
                Monitor.PulseAll(gate);
            }

            if (consumed >= end)
            {
                return null;
            }

            var slot = ring[consumed % ring.Length];
            while (!slot.Ready)
            {
                if (threads.Length == 0)
                {
                    FillHere(slot, cancellationToken);
                    break;
                }

                cancellationToken.ThrowIfCancellationRequested();
                Monitor.Wait(gate);
                ObjectDisposedException.ThrowIf(stopped, this);
            }

            slot.Fault?.Throw();
            handedOut = true;
            return slot.Buffer;
        }
    }

    /// <summary>Stops the loaders and waits until they have ended: at most as long as one part takes.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            stopped = true;
            Monitor.PulseAll(gate);
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }
    }

    private void Wake()
    {
        lock (gate)
        {
            Monitor.PulseAll(gate);
        }
    }

    private void FillHere(Slot slot, CancellationToken cancellationToken)
    {
        here ??= new TWorkspace();
        var parts = filler.PartsOf(consumed);
        for (var part = 0; part < parts; part++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            filler.Fill(slot.Buffer, consumed, part, here);
        }

        filler.Complete(slot.Buffer, consumed);
        slot.Ready = true;
    }

    private void Load()
    {
        var workspace = new TWorkspace();
        while (TakePart() is { } work)
        {
            var slot = ring[work.Batch % ring.Length];
            try
            {
                // After a fault the batch is lost: its other parts need no work.
                if (slot.Fault is null)
                {
                    filler.Fill(slot.Buffer, work.Batch, work.Part, workspace);
                }
            }
            catch (Exception error)
            {
                slot.Fault ??= ExceptionDispatchInfo.Capture(error);
            }

            Finish(slot, work.Batch);
        }
    }

    /// <summary>The next part in order, once its batch has a buffer; null when there is nothing left or the loaders are to stop.</summary>
    private (long Batch, int Part)? TakePart()
    {
        lock (producers)
        {
            var batch = nextBatch;
            lock (gate)
            {
                while (!stopped && batch < end && batch >= consumed + ring.Length)
                {
                    Monitor.Wait(gate);
                }

                if (stopped || batch >= end)
                {
                    return null;
                }
            }

            var slot = ring[batch % ring.Length];
            if (nextPart == 0)
            {
                slot.Begin(filler.PartsOf(batch));
            }

            var part = nextPart++;
            if (nextPart == slot.Parts)
            {
                nextPart = 0;
                nextBatch++;
            }

            return (batch, part);
        }
    }

    private void Finish(Slot slot, long batch)
    {
        if (Interlocked.Decrement(ref slot.Open) > 0)
        {
            return;
        }

        try
        {
            if (slot.Fault is null)
            {
                filler.Complete(slot.Buffer, batch);
            }
        }
        catch (Exception error)
        {
            slot.Fault = ExceptionDispatchInfo.Capture(error);
        }

        lock (gate)
        {
            slot.Ready = true;
            Monitor.PulseAll(gate);
        }
    }

    private sealed class Slot(TBuffer buffer)
    {
        public int Open;
        public volatile ExceptionDispatchInfo? Fault;

        public TBuffer Buffer { get; } = buffer;

        public int Parts { get; private set; }

        public bool Ready { get; set; }

        public void Begin(int parts)
        {
            Parts = parts;
            Open = parts;
        }

        public void Reset()
        {
            Ready = false;
            Fault = null;
        }
    }
}

/// <summary>What an <see cref="OrderedPrefetcher{TBuffer, TWorkspace}"/> fills its batches with.</summary>
/// <typeparam name="TBuffer">A batch's memory.</typeparam>
/// <typeparam name="TWorkspace">Scratch memory of one thread.</typeparam>
public interface IBatchFiller<TBuffer, TWorkspace>
{
    /// <summary>Allocates the memory of one batch.</summary>
    TBuffer CreateBuffer();

    /// <summary>Into how many parts the work of this batch is divided; at least 1.</summary>
    int PartsOf(long batch);

    /// <summary>Does one part, writing only that part of the buffer. Several parts run at once.</summary>
    void Fill(TBuffer buffer, long batch, int part, TWorkspace workspace);

    /// <summary>Called once per batch when all its parts are done.</summary>
    void Complete(TBuffer buffer, long batch);
}
