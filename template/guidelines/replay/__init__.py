"""Would the code in the working tree replay the invocations in flight? `python -m guidelines replay`.

A journal is read from a server or a file, and handed to the app in this process as the server would do it. The app's
own SDK decides whether it fits. Steps are not run; code outside of steps is (do-I-3).
"""
