import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { colours } from "../preferences.ts";

/** Draws into a canvas of a size, again with every rendering and in new colours. */
export function useCanvas(
  draw: (context: CanvasRenderingContext2D) => void,
  { width, height }: { readonly width: number; readonly height: number },
) {
  const canvas = useRef<HTMLCanvasElement>(null);
  // Read here, so that the canvas is drawn again when they change.
  void colours.value;
  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return;
    const scale = devicePixelRatio;
    element.width = Math.ceil(width * scale);
    element.height = Math.ceil(height * scale);
    element.style.width = `${width}px`;
    element.style.height = `${height}px`;
    context.scale(scale, scale);
    draw(context);
  });
  return canvas;
}

/** The width that an element has for what it holds. */
export function useWidth<Of extends HTMLElement>() {
  const holder = useRef<Of>(null);
  const [width, setWidth] = useState(300);
  useEffect(() => {
    const element = holder.current;
    if (!element) return undefined;
    const look = () => setWidth(element.clientWidth);
    const observer = new ResizeObserver(look);
    look();
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { holder, width };
}
