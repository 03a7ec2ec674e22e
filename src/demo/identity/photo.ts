/**
 * A grey figure, 60 x 60 pixels, drawn for the demonstration: a whole JPEG 2000 codestream (FF4F FF51 .. FFD9)
 * like the photo in a real Secure QR.
 */
export const DEMO_PHOTO: Uint8Array = Buffer.from(
	'/0//UQApAAAAAAA8AAAAPAAAAAAAAAAAAAAAPAAAADwAAAAAAAAAAAABBwEB/1IADAACAAEAAAQEAAH/XAAEQED/ZAAlAAFDcmVhdGVkIGJ5IE9wZW5KUEVHIHZlcnNpb24gMi41LjT/kAAKAAAAAACiAAH/k8+2kRQAXK/++o0LAGKVrZszAoBLTPNdwcRHryRzb0/ZHwAeotl3FCPsmEjcFFIohbPFU0coMJwPM2JhAz00wGxNLpzB1jYmSB/BFbAIeoU8HuIaRDJ1gb0KCojqhSOCk9D1rkjrHLHcWdQoMZCXgoSqIhWMpCVTMSAMJCXxWZcQA4kI9wwYSEvopNGABhGbPkhL/3//2Q==',
	'base64',
);
