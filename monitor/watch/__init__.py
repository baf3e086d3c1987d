"""Watching: when a channel is due, what to ask, what came back, and the proof that somebody looked.

Tables here hold only what the platforms showed. Readings add observations; what people decide lives in other rooms.
"""
