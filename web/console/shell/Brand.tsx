import { useTexts } from "./preferences";

export function Comb({ className }: { className?: string }) {
  return (
    <svg className={className} viewBox="0 0 32 32" aria-hidden="true">
      <path d="M16 1.8 28.4 9v14.1L16 30.2 3.6 23.1V9z" fill="currentColor" />
      <path
        d="M10 13.2c0-1.2 1-2.2 2.2-2.2h7.6c1.2 0 2.2 1 2.2 2.2v4.2c0 1.2-1 2.2-2.2 2.2h-3.3L13 22.8v-3.2h-.8c-1.2 0-2.2-1-2.2-2.2z"
        fill="#fff8ec"
      />
    </svg>
  );
}

export function Brand() {
  const t = useTexts();
  return (
    <div className="brand">
      <Comb />
      <em className="word">{t.product}</em>
      <span>{t.productSub}</span>
    </div>
  );
}
