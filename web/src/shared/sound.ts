/** Two soft notes, made here: no file is loaded, so no page has to allow one. */

let context: AudioContext | undefined;

/** Browsers give sound only to pages that somebody has touched; until then a chime stays unheard. */
export function chime(): void {
  if (typeof AudioContext === "undefined" || navigator.userActivation?.hasBeenActive === false) return;
  context ??= new AudioContext();
  void context.resume();
  const begin = context.currentTime + 0.01;
  [659.25, 880].forEach((pitch, index) => {
    const tone = context!.createOscillator();
    const volume = context!.createGain();
    const at = begin + index * 0.12;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.06, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.32);
    tone.connect(volume).connect(context!.destination);
    tone.start(at);
    tone.stop(at + 0.34);
  });
}
