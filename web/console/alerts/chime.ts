/** Sounds without assets: short tones from an oscillator. Browsers allow them after the first gesture on the page. */
export class Chime {
  private context: AudioContext | null = null;

  /** To be called from a gesture (click, key). */
  wake(): void {
    this.context ??= new AudioContext();
    if (this.context.state === "suspended") {
      this.context.resume().catch((error: unknown) => console.warn("honeydesk: no sound", error));
    }
  }

  /** Somebody is offered to this agent. */
  ring(): void {
    this.tones([880, 1174.7], 0.16, "sine", 0.12);
  }

  /** An emergency. */
  alarm(): void {
    this.tones([740, 988, 740, 988], 0.13, "triangle", 0.2);
  }

  /** A customer wrote. */
  tick(): void {
    this.tones([1046.5], 0.09, "sine", 0.06);
  }

  private tones(frequencies: number[], seconds: number, type: OscillatorType, volume: number): void {
    const context = this.context;
    if (context === null || context.state !== "running") return;
    frequencies.forEach((frequency, i) => {
      const start = context.currentTime + i * seconds;
      const oscillator = context.createOscillator();
      const gain = context.createGain();
      oscillator.type = type;
      oscillator.frequency.value = frequency;
      gain.gain.setValueAtTime(0.0001, start);
      gain.gain.exponentialRampToValueAtTime(volume, start + 0.015);
      gain.gain.exponentialRampToValueAtTime(0.0001, start + seconds * 1.6);
      oscillator.connect(gain).connect(context.destination);
      oscillator.start(start);
      oscillator.stop(start + seconds * 1.7);
    });
  }
}
